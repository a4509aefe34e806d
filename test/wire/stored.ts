import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { eventually, type TestDrover } from '../drover.ts';

/** Most documents of a collection that a test looks at. */
const limit = 1_000;

/** Calls that keep or start something, by `Service.Method`. A wake-up is neither: runs that live have theirs all the time. */
const changing =
  /\.(Commit|BatchWrite|CreateSecret|AddSecretVersion|UpdateSecret|CreateJob|RunJob)$/;

/** How long in ms nothing may have been kept or started before `act` is tried: what is still going on is none of its doing. */
const quietMs = 250;

/** Runs `act` and holds that nothing came of it: no document more, and no call that keeps or starts anything. */
export async function storesNothing<T>(drover: TestDrover, act: () => Promise<T>): Promise<T> {
  await eventually(async () => {
    drover.cloud.calls.reset();
    await sleep(quietMs);
    return changes(drover).length === 0;
  });
  const before = await stored(drover);
  drover.cloud.calls.reset();
  const result = await act();
  expect(changes(drover)).toEqual([]);
  expect(await stored(drover)).toEqual(before);
  return result;
}

function changes({ cloud }: TestDrover): string[] {
  return Object.keys(cloud.calls.counts()).filter((call) => changing.test(call));
}

/** How many deliveries and runs there are. */
async function stored({ cloud }: TestDrover): Promise<{ deliveries: number; runs: number }> {
  const [deliveries, runs] = await Promise.all(
    ['deliveries', 'runs'].map((collection) => cloud.documents.query({ collection, limit })),
  );
  return { deliveries: deliveries?.length ?? 0, runs: runs?.length ?? 0 };
}
