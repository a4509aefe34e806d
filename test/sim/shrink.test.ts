import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempts, type Lived, shrink } from './shrink.ts';

type Live = (isLeft: (number: number) => boolean) => Lived | undefined;

/** Lives of which `live` says what happens in them, and whether they fail; it counts them. */
function attemptsOf(live: Live) {
  let count = 0;
  async function* attempts(onlys: Iterable<readonly string[]>) {
    for (const only of onlys) {
      count += 1;
      yield live((number) => only.includes(String(number)));
    }
  }
  return { attempts: attempts satisfies Attempts<Lived>, count: () => count };
}

const all = (): boolean => true;
const numbersTo = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1);
const numbersIn = ({ mishaps }: Lived): number[] => mishaps.map(({ id }) => Number(id));
const livedOf = (numbers: readonly number[]): Lived => ({
  mishaps: numbers.map((number) => ({ id: String(number) })),
});

/** A life in which `count` mishaps happen, and which fails when some of them do, whatever else does. */
const guiltyLife =
  (count: number, guilty: readonly number[]): Live =>
  (isLeft) =>
    guilty.every(isLeft) ? livedOf(numbersTo(count).filter(isLeft)) : undefined;

const culprits = fc.integer({ min: 1, max: 200 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    guilty: fc.uniqueArray(fc.integer({ min: 1, max: count }), { maxLength: 5 }),
  }),
);

/**
 * A life that goes another way after each mishap that is left out: what happens later, and whether it fails, is drawn from what
 * has happened before.
 */
function shifting(seed: number, count: number) {
  const mixed = (state: number, number: number): number =>
    Math.imul(state ^ (number * 0x9e3779b1), 0x85ebca6b) >>> 7;
  return (isLeft: (number: number) => boolean): Lived & { fails: boolean } => {
    let state = seed;
    let weight = 0;
    const happened = numbersTo(count).filter((number) => {
      const happens = mixed(state, number) % 4 > 0 && isLeft(number);
      if (happens) weight += mixed(state, 7) % 10;
      else state = mixed(state, -number);
      return happens;
    });
    return { ...livedOf(happened), fails: weight >= 12 };
  };
}

describe('shrinking', () => {
  it('leaves exactly what a failure takes, where nothing else depends on it', async () => {
    await fc.assert(
      fc.asyncProperty(culprits, async ({ count, guilty }) => {
        const { attempts } = attemptsOf(guiltyLife(count, guilty));
        const { lived, isMinimal } = await shrink(livedOf(numbersTo(count)), attempts, 5_000);
        expect(numbersIn(lived)).toEqual([...guilty].sort((one, other) => one - other));
        expect(isMinimal).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('finds one culprit of a thousand in few lives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000 }), async (guilty) => {
        const { attempts, count } = attemptsOf(guiltyLife(1_000, [guilty]));
        const { lived, lives } = await shrink(livedOf(numbersTo(1_000)), attempts, 300);
        expect(numbersIn(lived)).toEqual([guilty]);
        expect(lives).toBe(count());
        expect(lives).toBeLessThan(40);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves nothing that can be left out alone, where a life goes another way without it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 60 }), async (seed, count) => {
        const live = shifting(seed, count);
        const first = live(all);
        fc.pre(first.fails);
        const { attempts } = attemptsOf((isLeft) => {
          const lived = live(isLeft);
          return lived.fails ? lived : undefined;
        });
        const { lived, isMinimal } = await shrink<Lived>(first, attempts, 20_000);
        const left = numbersIn(lived);
        expect(isMinimal).toBe(true);
        expect(numbersIn(first)).toEqual(expect.arrayContaining(left));
        // What is left is what the command line lives again.
        expect(live((number) => left.includes(number))).toEqual({ ...lived, fails: true });
        for (const one of left) {
          expect(live((number) => number !== one && left.includes(number)).fails).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes no more lives than it may, and keeps the best of them', async () => {
    await fc.assert(
      fc.asyncProperty(culprits, fc.integer({ min: 0, max: 30 }), async (given, most) => {
        const { count, guilty } = given;
        const { attempts, count: lived } = attemptsOf(guiltyLife(count, guilty));
        const shrunk = await shrink(livedOf(numbersTo(count)), attempts, most);
        expect(lived()).toBeLessThanOrEqual(most);
        expect(shrunk.lives).toBe(lived());
        expect(numbersIn(shrunk.lived)).toEqual(expect.arrayContaining(guilty));
        if (!shrunk.isMinimal) expect(shrunk.lives).toBe(most);
      }),
    );
  });

  it('takes the first that fails, however many were begun ahead of it', async () => {
    const live = guiltyLife(40, [3, 17]);
    const one = await shrink(livedOf(numbersTo(40)), attemptsOf(live).attempts, 300);
    async function* allAtOnce(onlys: Iterable<readonly string[]>) {
      yield* [...onlys].map((only) => live((number) => only.includes(String(number))));
    }
    expect(await shrink(livedOf(numbersTo(40)), allAtOnce, 300)).toEqual(one);
  });
});
