import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/index.ts';

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await setTimeout(ms);
  },
};
