import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,shared,infra,test}/**/*.test.ts'],
    // What a test that passes has logged is of no interest.
    silent: 'passed-only',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests wait for processes and clocks: on two cores, a third worker uses what they leave.
    maxWorkers: 3,
  },
});
