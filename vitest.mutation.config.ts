import { defineConfig } from 'vitest/config';

/**
 * The tests that a mutation of the pure core is held against: those that stand beside it, without those that live in a whole
 * world where a smaller one says the same. A mutant that survives these is looked at, and gets a test of this kind.
 */
export default defineConfig({
  test: {
    include: [
      'shared/agents/{slots,slot-list,rules,budget,concurrency,not-before,queue,waiting}.test.ts',
      'shared/locks/{acquire,release,heartbeat,find-cycle,key,release-all,ttl,break}.test.ts',
      'shared/runs/{states,outcome,follow,retry,retry-run,rerun,return-value}.test.ts',
      'shared/schedules/*.test.ts',
      'shared/webhooks/{match,patterns,candidates,condition,filters}.test.ts',
      'test/model/*.test.ts',
    ],
    silent: true,
    testTimeout: 60_000,
  },
});
