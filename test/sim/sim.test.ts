import { describe, expect, it } from 'vitest';
import { rates } from './faults.ts';
import { live } from './life.ts';

const heavy = rates.heavy ?? { crash: 1, refuse: 1, wakeUp: 1 };

describe('the simulation', () => {
  it('gives the same history for the same seed, to the letter', async () => {
    const [once, again] = [await live(7, 5, heavy), await live(7, 5, heavy)];
    expect(once.history.length).toBeGreaterThan(20);
    expect(again).toEqual(once);
  });

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'seed %i: everything ends once and well enough, whatever crashes, is refused or gets lost',
    async (seed) => {
      expect((await live(seed, 5, heavy)).violation).toBeUndefined();
    },
  );
});
