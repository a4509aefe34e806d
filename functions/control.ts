import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { controlRoutes } from './control/action-llama/control-routes.ts';
import { dashboardRoutes } from './control/action-llama/dashboard-routes.ts';
import { logRoutes } from './control/action-llama/log-routes.ts';
import { statsRoutes } from './control/action-llama/stats-routes.ts';
import { agents } from './control/agents.ts';
import { audit } from './control/audit.ts';
import { authenticate, type ControlEnv } from './control/authenticate.ts';
import { theCosts } from './control/costs.ts';
import { deliveries } from './control/deliveries.ts';
import { explain } from './control/explain.ts';
import { refuseInvalid } from './control/invalid.ts';
import { jsonBodies } from './control/json-bodies.ts';
import { locks } from './control/locks.ts';
import { logs } from './control/logs.ts';
import { refuseMethods } from './control/methods.ts';
import { documentOf } from './control/openapi.ts';
import { theProject } from './control/project.ts';
import { runs } from './control/runs.ts';
import { schedules } from './control/schedules.ts';
import { answerErrors } from './http/app.ts';
import type { Instance } from './instance.ts';

const health = createRoute({
  method: 'get',
  path: '/health',
  tags: ['health'],
  summary: 'Whether the function answers',
  security: [],
  responses: {
    200: {
      description: 'It does.',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
  },
});

/**
 * What people and tools talk to: Drover's own routes below `/v1/`, and Action Llama's operator routes under its paths. Who may
 * do what is decided before anything is read.
 */
export function control(instance: Instance) {
  const { ports } = instance;
  const app = new OpenAPIHono<ControlEnv>({ defaultHook: refuseInvalid });
  answerErrors(app, ports.log);
  app.use(authenticate(ports, instance));
  app.use(jsonBodies());
  const api = app
    .openapi(health, (context) => context.json({ status: 'ok' as const }, 200))
    .route('/', theProject(instance))
    .route('/', agents(instance))
    .route('/', runs(instance))
    .route('/', explain(instance))
    .route('/', logs(instance))
    .route('/', deliveries(instance))
    .route('/', schedules(instance))
    .route('/', locks(instance))
    .route('/', theCosts(instance))
    .route('/', audit(instance))
    .route('/', controlRoutes(instance))
    .route('/', logRoutes(instance))
    .route('/', statsRoutes(instance))
    .route('/', dashboardRoutes(instance));
  let document: ReturnType<typeof documentOf> | undefined;
  api.get('/openapi.json', (context) => {
    document ??= documentOf(api);
    return context.json(document);
  });
  api.use(refuseMethods(api));
  return api;
}

/** The routes as types: what the typed client is made from. */
export type ControlApi = ReturnType<typeof control>;
