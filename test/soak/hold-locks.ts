import { setTimeout as sleep } from 'node:timers/promises';
import { astonishedCode } from './agents.ts';
import type { Answer, Gateway } from './gateway.ts';
import { fractionOf } from './random.ts';
import { monotonic, type openRecord } from './records.ts';

type Record = ReturnType<typeof openRecord>;

const keys = ['soak://barn', 'soak://meadow', 'soak://well'] as const;
/** Seconds that a lock lasts without a sign of life. */
const ttl = 20;
/** Time between two heartbeats, and before a lock is asked for again, in ms. */
const heartbeatMs = 100;
const pauseMs = 150;

/**
 * Takes one lock or two, in an order that may close a ring with another's, holds them for a while and gives them back. Whoever is
 * told of a deadlock gives back what it has and begins anew. Answers with an exit code.
 */
export async function holdLocks(gateway: Gateway, run: string, record: Record): Promise<number> {
  const first = Math.floor(3 * fractionOf(`${run} first`));
  const second = (first + 1 + Math.floor(2 * fractionOf(`${run} second`))) % 3;
  const wanted = fractionOf(`${run} count`) < 0.4 ? [first, second] : [first];
  const held: string[] = [];
  for (let next = 0; next < wanted.length; ) {
    const key = keys[wanted[next] ?? 0] ?? keys[0];
    const got = await take(gateway, key, record);
    if (got === 'held') {
      held.push(key);
      next += 1;
      continue;
    }
    if (got === 'astonished') return astonishedCode;
    if (got === 'deadlock') {
      for (const own of held.splice(0).reverse()) await giveBack(gateway, own, record);
      next = 0;
    } else if (!(await keepAll(gateway, held, record))) {
      return astonishedCode;
    }
    await sleep(pauseMs * (0.5 + fractionOf(`${run} ${monotonic()}`)));
  }
  const until = monotonic() + 300 + 500 * fractionOf(`${run} hold`);
  while (monotonic() < until) {
    await sleep(heartbeatMs);
    if (!(await keepAll(gateway, held, record))) return astonishedCode;
  }
  for (const key of held.reverse()) {
    if (!(await giveBack(gateway, key, record))) return astonishedCode;
  }
  return 0;
}

async function take(
  gateway: Gateway,
  key: string,
  record: Record,
): Promise<'held' | 'busy' | 'deadlock' | 'astonished'> {
  const sentAt = monotonic();
  const { status, body } = await gateway.post('/locks/acquire', { resourceKey: key, ttl });
  if (status === 200) {
    // The request may have been sent again and again: its first sending is the earliest that its time can count from.
    record({ what: 'locked', key, fence: Number(body.fence), until: sentAt + ttl * 1_000 });
    return 'held';
  }
  if (status !== 409) {
    record({ what: 'astonished', why: `${key} was answered ${status} ${JSON.stringify(body)}` });
    return 'astonished';
  }
  if (body.deadlock !== true) return 'busy';
  record({ what: 'deadlocked', key, cycle: Array.isArray(body.cycle) ? body.cycle : [] });
  return 'deadlock';
}

/** Answers false when one of them was lost, which nothing in a soak can bring about. */
async function keepAll(
  gateway: Gateway,
  held: readonly string[],
  record: Record,
): Promise<boolean> {
  for (const key of held) {
    const sentAt = monotonic();
    const answer = await gateway.post('/locks/heartbeat', { resourceKey: key, ttl });
    if (answer.status !== 200) return isLost(key, answer, record);
    const fence = Number(answer.body.fence);
    record({ what: 'kept', key, fence, until: sentAt + ttl * 1_000 });
  }
  return true;
}

function isLost(key: string, { status, body }: Answer, record: Record): false {
  record({ what: 'lost', key });
  record({ what: 'astonished', why: `${key} was lost: ${status} ${JSON.stringify(body)}` });
  return false;
}

/** A lock whose giving back was not answered is not there when that is asked again, or another's. */
async function giveBack(gateway: Gateway, key: string, record: Record): Promise<boolean> {
  record({ what: 'unlocking', key });
  const { status, body } = await gateway.post('/locks/release', { resourceKey: key });
  if ([200, 404, 409].includes(status)) return true;
  record({ what: 'astonished', why: `${key} was given back: ${status} ${JSON.stringify(body)}` });
  return false;
}
