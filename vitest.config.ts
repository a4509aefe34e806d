import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // What stands beside the sources leaves nothing behind that another test could see (`afterEach` puts back what it changed), so
      // that a worker loads them once, and not once a file.
      {
        extends: true,
        test: {
          name: 'beside',
          include: ['{functions,shared,infra}/**/*.test.ts'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts'] } },
    ],
    // What a test that passes has logged is of no interest.
    silent: 'passed-only',
    // Some change what only a process has: its mask of files, its time zone.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests wait for processes and clocks: on two cores, a third worker uses what they leave.
    maxWorkers: 3,
  },
});
