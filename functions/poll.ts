import type { Hono } from 'hono';
import { Permanent } from '../shared/errors.ts';
import { type PollOrdinal, poll as pollRun } from '../shared/runs/poll.ts';
import { createApp } from './http/app.ts';
import { type JsonObject, parseObject } from './http/json.ts';
import { requireCaller } from './http/oidc.ts';
import type { Instance } from './instance.ts';

/** `POST /` from Cloud Tasks, `{run, attempt?, n?}`: brings the run one step on. */
export function poll({ ports, releases, environment, readToken }: Instance): Hono {
  const app = createApp(ports.log);
  app.use(requireCaller(environment.callers.poll, readToken));
  app.post('/', async (context) => {
    const body = parseObject(await context.req.arrayBuffer()) ?? {};
    if (typeof body.run !== 'string' || !/^[a-z0-9-]{1,62}$/.test(body.run)) {
      throw new Permanent('a poll task must name a run');
    }
    const known = await pollRun(ports, releases, body.run, ordinal(body));
    if (!known) throw new Permanent(`there is no run ${body.run}`);
    return context.json({ ok: true });
  });
  return app;
}

function ordinal({ attempt, n }: JsonObject): PollOrdinal | undefined {
  const isChain = Number.isSafeInteger(attempt) && Number.isSafeInteger(n);
  return isChain ? { attempt: attempt as number, n: n as number } : undefined;
}
