import { expect, it } from 'vitest';
import type { Event } from '../cli/context.ts';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { locked } from './provision.ts';

it('waits for Secret Manager, which was enabled just now, before it takes the lock', async () => {
  const slept: number[] = [];
  const events: Event[] = [];
  let refusals = 2;
  const google: Google = {
    api: () => Promise.reject(new Error('no API is called')),
    gcloud: async ([, verb]) => {
      if (verb !== 'create' || refusals === 0) return {};
      refusals -= 1;
      const service = 'secretmanager.googleapis.com';
      throw new GoogleRefusal('failed_precondition', `${service} is off`, {
        command: 'x',
        service,
      });
    },
  };
  let worked = false;
  const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) };
  const told = { google, print: (event: Event) => void events.push(event) };
  await locked(told, { clock, isAlive: () => true }, async () => {
    worked = true;
  });
  expect(worked).toBe(true);
  expect(slept).toEqual([15_000, 15_000]);
  expect(events).toHaveLength(2);
});
