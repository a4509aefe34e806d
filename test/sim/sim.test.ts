import { describe, expect, it } from 'vitest';
import { levels } from './faults.ts';
import { live } from './life.ts';

const { heavy, light } = levels;

describe('the simulation', () => {
  it('gives the same history for the same seed, to the letter', async () => {
    const options = { seed: 7, minutes: 5, faults: heavy };
    const [once, again] = [await live(options), await live(options)];
    expect(once.history.length).toBeGreaterThan(20);
    expect(again).toEqual(once);
  });

  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'seed %i: everything ends once and well enough, whatever crashes, hangs, is refused or gets lost',
    async (seed) => {
      const { violation, story } = await live({ seed, minutes: 5, faults: heavy });
      expect(violation, story.join('\n')).toBeUndefined();
    },
  );

  it.each([1, 2])('seed %i: the same in a long life in which little goes wrong', async (seed) => {
    const { violation, story } = await live({ seed, minutes: 60, faults: light });
    expect(violation, story.join('\n')).toBeUndefined();
  });
});
