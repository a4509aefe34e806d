import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Answer, answer, lockGateway } from '../locks/gateway.ts';
import { loseRun } from '../locks/runs.ts';

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ dev: {} }) });
});
afterAll(() => drover.close());
const { ask, get, newRun, newKey, locks } = lockGateway(() => drover);

const list = (query: string, headers?: { [name: string]: string }): Promise<Answer> =>
  get(`/locks/list${query}`, headers);

async function heldSince(resourceKey: string): Promise<number> {
  const lock = (await locks()).find(({ key }) => key === resourceKey);
  return lock?.since.getTime() ?? Number.NaN;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('POST /locks/acquire', () => {
  it('answers 200 with the key and its fence, and again to the same run', async () => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    const granted = answer(200, { ok: true, resourceKey, fence: 1 });
    expect(await ask('/locks/acquire', { secret, resourceKey })).toEqual(granted);
    expect(await ask('/locks/acquire', { secret, resourceKey, ttl: 60 })).toEqual(granted);
  });

  it('answers 409 to another run, with the holder and since when in ms', async () => {
    const [one, other, resourceKey] = [await newRun(), await newRun(), newKey()];
    await ask('/locks/acquire', { secret: one.secret, resourceKey });
    const refused = await ask('/locks/acquire', { secret: other.secret, resourceKey });
    const since = await heldSince(resourceKey);
    expect(refused).toEqual(answer(409, { ok: false, holder: one.id, heldSince: since }));
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
  });

  it('answers 409 with the whole ring to a run that closes one', async () => {
    const runs = [await newRun(), await newRun(), await newRun()];
    const keys = runs.map(() => newKey());
    for (const [index, { secret }] of runs.entries()) {
      await ask('/locks/acquire', { secret, resourceKey: keys[index] });
    }
    const last: Answer[] = [];
    for (const [index, { secret }] of runs.entries()) {
      last.push(await ask('/locks/acquire', { secret, resourceKey: keys[(index + 1) % 3] }));
    }
    const [a, b, c] = runs.map(({ id }) => id);
    const [ka, kb, kc] = keys;
    expect(last[2]).toEqual(
      answer(409, {
        ok: false,
        reason: `possible deadlock: ${c} \u2192 ${ka} \u2192 ${a} \u2192 ${kb} \u2192 ${b} \u2192 ${kc} \u2192 ${c}`,
        deadlock: true,
        cycle: [c, ka, a, kb, b, kc],
      }),
    );
  });

  it('gives the lock of a run that is over to whoever asks next', async () => {
    const [one, other, resourceKey] = [await newRun(), await newRun(), newKey()];
    await ask('/locks/acquire', { secret: one.secret, resourceKey });
    await loseRun(drover.cloud, one.id);
    const granted = await ask('/locks/acquire', { secret: other.secret, resourceKey });
    expect(granted).toEqual(answer(200, { ok: true, resourceKey, fence: 2 }));
  });

  it('gives one of many that ask at once the lock, and tells the others who has it', async () => {
    const runs = await Promise.all(Array.from({ length: 12 }, newRun));
    const resourceKey = newKey();
    const answers = await Promise.all(
      runs.map(({ secret }) => ask('/locks/acquire', { secret, resourceKey })),
    );
    const winner = answers.findIndex(({ status }) => status === 200);
    const refusal = {
      ok: false,
      holder: runs[winner]?.id,
      heldSince: await heldSince(resourceKey),
    };
    const others = answers.filter((_, index) => index !== winner);
    expect(others).toEqual(others.map(() => answer(409, refusal)));
  });
});

describe('POST /locks/release', () => {
  it('answers 200, and 404 from then on', async () => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    await ask('/locks/acquire', { secret, resourceKey });
    expect(await ask('/locks/release', { secret, resourceKey })).toEqual(answer(200, { ok: true }));
    const none = answer(404, { ok: false, reason: 'lock not found' });
    expect(await ask('/locks/release', { secret, resourceKey })).toEqual(none);
  });

  it('answers 404 where there never was a lock, or its time has passed', async () => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    const none = answer(404, { ok: false, reason: 'lock not found' });
    expect(await ask('/locks/release', { secret, resourceKey })).toEqual(none);
    await ask('/locks/acquire', { secret, resourceKey, ttl: 0.001 });
    await pause(5);
    expect(await ask('/locks/release', { secret, resourceKey })).toEqual(none);
  });

  it('answers 409 where another run holds it', async () => {
    const [one, other, resourceKey] = [await newRun(), await newRun(), newKey()];
    await ask('/locks/acquire', { secret: one.secret, resourceKey });
    const refused = await ask('/locks/release', { secret: other.secret, resourceKey });
    expect(refused).toEqual(answer(409, { ok: false, reason: `held by ${one.id}` }));
  });
});

describe('POST /locks/heartbeat', () => {
  it('answers 200 with the time in ms until which the lock is kept, and its fence', async () => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    await ask('/locks/acquire', { secret, resourceKey });
    for (const [ttl, seconds] of [
      [undefined, 1_800],
      [60, 60],
    ] as const) {
      const kept = await ask('/locks/heartbeat', { secret, resourceKey, ttl });
      const { expiresAt } = JSON.parse(kept.text) as { expiresAt: number };
      expect(kept).toEqual(answer(200, { ok: true, expiresAt, fence: 1 }));
      expect(Math.abs(expiresAt - Date.now() - seconds * 1_000)).toBeLessThan(30_000);
    }
  });

  it('answers 404 where there is no lock, or its time has passed: it is not revived', async () => {
    const [{ secret }, resourceKey] = [await newRun(), newKey()];
    const none = answer(404, { ok: false, reason: 'lock not found' });
    expect(await ask('/locks/heartbeat', { secret, resourceKey })).toEqual(none);
    await ask('/locks/acquire', { secret, resourceKey, ttl: 0.001 });
    await pause(5);
    expect(await ask('/locks/heartbeat', { secret, resourceKey })).toEqual(none);
  });

  it('answers 409 where another run holds it', async () => {
    const [one, other, resourceKey] = [await newRun(), await newRun(), newKey()];
    await ask('/locks/acquire', { secret: one.secret, resourceKey });
    const refused = await ask('/locks/heartbeat', { secret: other.secret, resourceKey });
    expect(refused).toEqual(answer(409, { ok: false, reason: `held by ${one.id}` }));
  });
});

describe('GET /locks/list', () => {
  it('answers with the locks of the run that asks, those whose time has not passed, oldest first', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const keys = [newKey(), newKey(), newKey(), newKey()];
    expect(await list(`?secret=${one.secret}`)).toEqual(answer(200, []));
    for (const resourceKey of keys) {
      await ask('/locks/acquire', { secret: one.secret, resourceKey });
      await pause(2);
    }
    await ask('/locks/acquire', { secret: other.secret, resourceKey: newKey() });
    await ask('/locks/release', { secret: one.secret, resourceKey: keys[1] });
    await ask('/locks/heartbeat', { secret: one.secret, resourceKey: keys[2], ttl: 0.001 });
    await pause(5);
    const stored = await locks();
    const expected = [keys[0], keys[3]].map((resourceKey) => {
      const lock = stored.find(({ key }) => key === resourceKey);
      return {
        resourceKey,
        holder: one.id,
        heldSince: lock?.since.getTime(),
        expiresAt: lock?.until.getTime(),
      };
    });
    expect(await list(`?secret=${one.secret}`)).toEqual(answer(200, expected));
  });

  it('takes the secret as a bearer token too, which stands in no log', async () => {
    const { secret } = await newRun();
    expect(await list('', { authorization: `Bearer ${secret}` })).toEqual(answer(200, []));
  });

  it('misses a secret, and refuses one that is nobody’s', async () => {
    const missing = answer(400, { error: 'missing secret' });
    for (const query of ['', '?secret=', '?Secret=x']) expect(await list(query)).toEqual(missing);
    const { id, secret } = await newRun();
    const invalid = answer(403, { error: 'invalid secret' });
    const forged = `${id}.${'0'.repeat(64)}`;
    for (const wrong of ['x', forged, secret.toUpperCase()]) {
      expect(await list(`?secret=${wrong}`)).toEqual(invalid);
      expect(await list('', { authorization: `Bearer ${wrong}` })).toEqual(invalid);
    }
    await loseRun(drover.cloud, id);
    expect(await list(`?secret=${secret}`)).toEqual(invalid);
  });
});
