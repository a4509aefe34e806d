import { defineConfig } from 'vitest/config';

/** The tests that a mutation of the pure core is held against: those that stand beside it. */
export default defineConfig({
  test: {
    include: ['shared/{runs,agents,locks,schedules,webhooks}/**/*.test.ts'],
    silent: true,
    testTimeout: 60_000,
  },
});
