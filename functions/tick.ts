import type { Hono } from 'hono';
import type { Outlook } from '../shared/schedules/admit-due.ts';
import { tick as everyMinute } from '../shared/schedules/tick.ts';
import { createApp } from './http/app.ts';
import { requireCaller } from './http/oidc.ts';
import type { Instance } from './instance.ts';

/** `POST /` from Cloud Scheduler, each minute: admits what is due, then the sweep. Of an error, Scheduler calls again. */
export function tick({ ports, settings, releases, environment, readToken }: Instance): Hono {
  const app = createApp(ports.log);
  const outlook: Outlook = {};
  app.use(requireCaller(environment.callers.tick, readToken));
  app.post('/', async (context) => {
    const done = await everyMinute(ports, settings, releases, outlook);
    if (Object.values(done).some((count) => count > 0)) ports.log.info('swept', { ...done });
    return context.json({ ok: true, ...done });
  });
  return app;
}
