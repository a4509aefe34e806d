import { describe, expect, it } from 'vitest';
import type { Data, Documents } from '../../shared/ports/index.ts';
import { judgeFake, judgeSeeds, story, sumOf } from './histories.ts';
import { planOf, virtualScale } from './plan.ts';
import { shrink } from './shrink.ts';

describe('histories on the fake', () => {
  it('are what one lock at a time can answer, and tell of the deadlocks that are there', async () => {
    const { violations, ...sums } = await sumOf(judgeSeeds(1, 1_500));
    expect(violations.slice(0, 1).map((wrong) => [wrong.plan.seed, ...story(wrong)])).toEqual([]);
    expect(sums.histories).toBe(1_500);
    // They are about something: crowded, faulty, and with rings in them.
    expect(sums.operations / sums.histories).toBeGreaterThan(10);
    expect(sums.unanswered / sums.operations).toBeGreaterThan(0.01);
    expect(sums.told / sums.histories).toBeGreaterThan(0.5);
    expect(sums.untold / sums.told).toBeLessThan(0.01);
  });

  it('are the same for the same seed', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      expect(story(await judgeFake(seed))).toEqual(story(await judgeFake(seed)));
    }
  });
});

/** Firestores on which no lock can rest. */
const spoilt: { readonly [what: string]: (documents: Documents) => Documents } = {
  'takes no notice of versions': (documents) => ({
    ...documents,
    commit: (writes, tellTime) =>
      documents.commit(
        writes.map((write) => {
          if (write.op === 'create') return { ...write, op: 'set' };
          if (write.op === 'update')
            return { op: 'update', path: write.path, fields: write.fields };
          return write;
        }),
        tellTime,
      ),
  }),
  'tells the time by clocks that are ten minutes apart': (documents) => {
    let count = 0;
    return {
      ...documents,
      get: async <T extends Data>(path: string) => {
        const found = await documents.get<T>(path);
        count += 1;
        return found && { ...found, readAt: found.readAt + (count % 3) * 300_000 };
      },
    };
  },
};

describe('what cannot be right is found out', () => {
  it.each(Object.keys(spoilt))('within a hundred histories where Firestore %s', async (what) => {
    let wrong = 0;
    for (let seed = 1; seed <= 100 && wrong === 0; seed += 1) {
      const { problems } = await judgeFake(seed, spoilt[what]);
      wrong += problems.length;
    }
    expect(wrong).toBeGreaterThan(0);
  });

  it('and what led to it is made as small as possible', async () => {
    const spoil = spoilt['takes no notice of versions'];
    const isWrong = async (plan: ReturnType<typeof planOf>): Promise<boolean> =>
      (await judgeFake(plan, spoil)).problems.length > 0;
    let seed = 1;
    while (!(await isWrong(planOf(seed, virtualScale)))) seed += 1;
    const plan = planOf(seed, virtualScale);
    const small = await shrink(plan, isWrong);
    expect(await isWrong(small)).toBe(true);
    const size = (all: typeof plan): number => all.actors.flatMap(({ steps }) => steps).length;
    expect(size(small)).toBeLessThan(size(plan));
    // Two of one lock, and whatever else it takes to bring them into this order.
    expect(size(small)).toBeLessThanOrEqual(8);
  });
});
