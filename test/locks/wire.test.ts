import { afterAll, describe, expect, it } from 'vitest';
import { judgeSeeds, story, sumOf } from './histories.ts';
import { emulatorWire, localWire, type Wire } from './wire.ts';

const local = await localWire();
const emulator = await emulatorWire();
afterAll(async () => {
  await local.close();
  if ('close' in emulator) await emulator.close();
});

async function judge(wire: Wire): Promise<void> {
  const { violations, ...sums } = await sumOf(judgeSeeds(1, 40, wire));
  expect(violations.slice(0, 1).map((wrong) => [wrong.plan.seed, ...story(wrong)])).toEqual([]);
  expect(sums.histories).toBe(40);
  expect(sums.told).toBeGreaterThan(0);
}

/** Most ms that 40 histories may take on a machine that does much else. */
const patience = 180_000;

describe('histories over the wire are what one lock at a time can answer', () => {
  it('on the local cloud', () => judge(local), patience);

  it.skipIf('missing' in emulator)(
    'on Google’s emulator',
    async () => {
      if ('missing' in emulator) throw new Error(emulator.missing);
      await judge(emulator);
    },
    patience,
  );
});
