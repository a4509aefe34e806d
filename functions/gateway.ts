import type { Hono } from 'hono';
import { serveCalls } from './gateway/calls.ts';
import { serveLocks } from './gateway/locks.ts';
import { serveRun } from './gateway/run.ts';
import { serveShutdown } from './gateway/shutdown.ts';
import { serveSignals } from './gateway/signals.ts';
import { createApp } from './http/app.ts';
import { refuseBriefly } from './http/refusal.ts';
import type { Instance } from './instance.ts';

/**
 * What containers talk to. Routes, bodies, statuses and the order of checks are the agent contract's: JSON, then fields, then
 * the run's secret. Answers are compact JSON with exactly 200 for success, which the contract's shell helpers rely on.
 */
export function gateway(instance: Instance): Hono {
  const app = createApp(instance.ports.log, refuseBriefly);
  app.get('/health', (context) => context.json({ status: 'ok' }));
  serveSignals(app, instance.ports);
  serveLocks(app, instance);
  serveCalls(app, instance);
  serveShutdown(app, instance);
  serveRun(app, instance);
  return app;
}
