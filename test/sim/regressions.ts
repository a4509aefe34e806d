import type { Ask } from './ask.ts';

/** A life that once broke a law, and what was wrong. */
export interface Regression extends Ask {
  /** What it found, in one sentence. */
  found: string;
}

/**
 * Lives that found something, lived again in the tests. A seed tells the same story only for as long as nobody changes what is
 * drawn: what it found has a test of its own beside the rule, and the seed is kept for what stands around it.
 */
export const regressions: readonly Regression[] = [
  {
    found:
      'a launch stood still until its secrets had expired: that its run fails is nobody’s fault',
    seed: 39,
    minutes: 5,
    level: 'heavy',
  },
];
