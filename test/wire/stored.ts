import { expect } from 'vitest';
import type { TestDrover } from '../drover.ts';

/** Most documents of a collection that a test looks at. */
const limit = 1_000;

/** Calls that keep or start something, by `Service.Method`. A wake-up is neither: runs that live have theirs all the time. */
const changing =
  /\.(Commit|BatchWrite|CreateSecret|AddSecretVersion|UpdateSecret|CreateJob|RunJob)$/;

/** Runs `act` and holds that nothing came of it: no document more, and no call that keeps or starts anything. */
export async function storesNothing<T>(drover: TestDrover, act: () => Promise<T>): Promise<T> {
  const before = await stored(drover);
  drover.cloud.calls.reset();
  const result = await act();
  expect(Object.keys(drover.cloud.calls.counts()).filter((call) => changing.test(call))).toEqual(
    [],
  );
  expect(await stored(drover)).toEqual(before);
  return result;
}

/** How many deliveries and runs there are. */
async function stored({ cloud }: TestDrover): Promise<{ deliveries: number; runs: number }> {
  const [deliveries, runs] = await Promise.all(
    ['deliveries', 'runs'].map((collection) => cloud.documents.query({ collection, limit })),
  );
  return { deliveries: deliveries?.length ?? 0, runs: runs?.length ?? 0 };
}
