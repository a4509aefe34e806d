import type { Context, Hono } from 'hono';
import { acquireLock } from '../../shared/locks/acquire.ts';
import { keepLock } from '../../shared/locks/heartbeat.ts';
import { keyProblem } from '../../shared/locks/key.ts';
import { listOwnLocks } from '../../shared/locks/list-own.ts';
import { type NotOwn, releaseLock } from '../../shared/locks/release.ts';
import { isTtl, ttlProblem } from '../../shared/locks/ttl.ts';
import type { JsonObject } from '../http/json.ts';
import { answerAs } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { bad, invalidSecret, readRequest, readSecret } from './request.ts';

/** The locks of containers. Times in answers are ms since the epoch, `ttl` is in seconds (agent contract). */
export function serveLocks(
  app: Hono,
  { ports, releases }: Pick<Instance, 'ports' | 'releases'>,
): void {
  app.post('/locks/acquire', async (context) => {
    const { body, secret } = await readRequest(context);
    const { key, ttl } = readKeyAndTtl(body);
    const acquired = await acquireLock(ports, releases, { secret, key, ttl });
    switch (acquired.outcome) {
      case 'acquired':
        return context.json({ ok: true, resourceKey: key, fence: acquired.fence });
      case 'held': {
        const { holder, since: heldSince } = acquired;
        return answerAs(context, 'lock-held', { ok: false, holder, heldSince });
      }
      case 'deadlock': {
        const { cycle } = acquired;
        const reason = `possible deadlock: ${[...cycle, cycle[0]].join(' → ')}`;
        return answerAs(context, 'lock-deadlock', { ok: false, reason, deadlock: true, cycle });
      }
      case 'no such run':
        throw invalidSecret();
    }
  });

  app.post('/locks/release', async (context) => {
    const { body, secret } = await readRequest(context);
    const released = await releaseLock(ports, { secret, key: readKey(body) });
    if (released.outcome === 'no such run') throw invalidSecret();
    if (released.outcome !== 'released') return notOwn(context, released);
    return context.json({ ok: true });
  });

  app.post('/locks/heartbeat', async (context) => {
    const { body, secret } = await readRequest(context);
    const kept = await keepLock(ports, releases, { secret, ...readKeyAndTtl(body) });
    if (kept.outcome === 'no such run') throw invalidSecret();
    if (kept.outcome !== 'kept') return notOwn(context, kept);
    return context.json({ ok: true, expiresAt: kept.until, fence: kept.fence });
  });

  app.get('/locks/list', async (context) => {
    const locks = await listOwnLocks(ports, readSecret(context));
    if (!locks) throw invalidSecret();
    return context.json(
      locks.map(({ key, holder, since, until }) => ({
        resourceKey: key,
        holder,
        heldSince: since,
        expiresAt: until,
      })),
    );
  });
}

function notOwn(context: Context, answer: NotOwn): Response {
  return answer.outcome === 'held'
    ? answerAs(context, 'lock-held', { ok: false, reason: `held by ${answer.holder}` })
    : answerAs(context, 'lock-not-held', { ok: false, reason: 'lock not found' });
}

function readKey(body: JsonObject): string {
  return checkKey(needKey(body));
}

/** Fields are missed before the key is parsed (agent contract). */
function readKeyAndTtl(body: JsonObject): { key: string; ttl: number | undefined } {
  const key = needKey(body);
  const ttl = readTtl(body);
  return { key: checkKey(key), ttl };
}

function needKey({ resourceKey }: JsonObject): string {
  if (typeof resourceKey !== 'string' || resourceKey === '') throw bad('missing resourceKey');
  return resourceKey.toWellFormed();
}

function readTtl({ ttl }: JsonObject): number | undefined {
  if (ttl === undefined || ttl === null) return undefined;
  if (!isTtl(ttl)) throw bad(ttlProblem);
  return ttl;
}

function checkKey(key: string): string {
  const problem = keyProblem(key);
  if (problem !== undefined) throw bad(problem);
  return key;
}
