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
  {
    found: 'one run that its wake-up had changed kept the sweep from putting off all others',
    seed: 213,
    minutes: 2,
    level: 'heavy',
  },
  {
    found:
      'the sweep looked at a long queue so seldom that a release which lifted its rule was not seen',
    seed: 140,
    minutes: 3,
    level: 'heavy',
  },
  {
    found: 'a release lifted a budget, and whoever waited for that was woken by nobody',
    seed: 2129,
    minutes: 5,
    level: 'heavy',
  },
  {
    found:
      'a run was admitted while the project was resumed, and looked at while it was still paused',
    seed: 5988,
    minutes: 1,
    level: 'heavy',
  },
  {
    found:
      'a run that did not stop when it was told to, and whose polls were lost, was looked at later each time',
    seed: 12_399,
    minutes: 1,
    level: 'heavy',
  },
  {
    found:
      'a first limit of the project counted a run that was just ending, and its slot stayed taken while nobody waited',
    seed: 10_724,
    minutes: 1,
    level: 'heavy',
  },
];
