import type { Hono } from 'hono';
import { dispatch as dispatchAgent } from '../shared/agents/dispatch.ts';
import { createTurns } from '../shared/agents/turns.ts';
import { Permanent } from '../shared/errors.ts';
import { createApp } from './http/app.ts';
import { parseObject } from './http/json.ts';
import { requireCaller } from './http/oidc.ts';
import type { Instance } from './instance.ts';

/** `POST /` from Cloud Tasks, `{agent}`: fills the agent's free slots. */
export function dispatch({ ports, settings, releases, environment, readToken }: Instance): Hono {
  const app = createApp(ports.log);
  const turns = createTurns(ports.clock);
  app.use(requireCaller(environment.callers.dispatch, readToken));
  app.post('/', async (context) => {
    const agent = parseObject(await context.req.arrayBuffer())?.agent;
    if (typeof agent !== 'string' || !/^[a-z0-9-]{1,64}$/.test(agent)) {
      throw new Permanent('a dispatch task must name an agent');
    }
    const { launched, dropped } = await dispatchAgent(ports, settings, releases, agent, turns);
    if (launched.length + dropped.length > 0) {
      ports.log.info('dispatched', {
        agent,
        launched: launched.join(' '),
        dropped: dropped.join(' '),
      });
    }
    return context.json({ ok: true, launched, dropped });
  });
  return app;
}
