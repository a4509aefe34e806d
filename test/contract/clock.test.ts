import { describe } from 'vitest';
import { systemClock } from '../../shared/cloud/clock.ts';
import { clockContract } from './clock.ts';

describe('the clock of this machine', () => {
  clockContract(() => ({
    clock: systemClock,
    until: async (work) => {
      await work;
    },
  }));
});
