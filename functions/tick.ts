import type { Hono } from 'hono';
import { sweep } from '../shared/sweep/sweep.ts';
import { createApp } from './http/app.ts';
import { requireCaller } from './http/oidc.ts';
import type { Instance } from './instance.ts';

/** `POST /` from Cloud Scheduler, each minute: the sweep. */
export function tick({ ports, environment }: Instance): Hono {
  const app = createApp(ports.log);
  app.use(requireCaller(environment.callers.tick, environment.jwksUrl));
  app.post('/', async (context) => context.json({ ok: true, ...(await sweep(ports)) }));
  return app;
}
