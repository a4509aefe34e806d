import type { ServerResponse } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { apiErrors, errorHeader, refusalBody } from './http/api-errors.ts';
import { leaveDomain } from './http/leave-domain.ts';
import { type App, type Listener, listenerOf } from './http/listener.ts';
import { receiveRawBodies } from './http/raw-bodies.ts';
import { inTrace } from './http/trace.ts';
import type { Instance } from './instance.ts';

/** Each function's own module: a cold instance loads its own and nothing of the others (D16). */
const functions: { readonly [name: string]: () => Promise<(instance: Instance) => App> } = {
  webhook: async () => (await import('./webhook.ts')).webhook,
  dispatch: async () => (await import('./dispatch.ts')).dispatch,
  poll: async () => (await import('./poll.ts')).poll,
  tick: async () => (await import('./tick.ts')).tick,
  gateway: async () => (await import('./gateway.ts')).gateway,
  control: async () => (await import('./control.ts')).control,
  logs: async () => (await import('./logs.ts')).logs,
};

/** Where several functions live in one process, on somebody's own machine, each has its own identity and clients all the same. */
async function load(
  name: string,
  make: () => Promise<(instance: Instance) => App>,
): Promise<Listener> {
  const [{ createInstance }, app] = await Promise.all([import('./instance.ts'), make()]);
  const instance = createInstance(process.env, name);
  return listenerOf(inTrace(await instance.traced(app(instance))));
}

/** A function that cannot start says so in its log, and to its caller only that. */
function refuse(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(`${JSON.stringify({ severity: 'CRITICAL', message })}\n`);
  const { status } = apiErrors['cannot-start'];
  response.writeHead(status, { 'content-type': 'application/json', [errorHeader]: 'cannot-start' });
  const answer = refusalBody('cannot-start', 'the function could not start; its log says why');
  response.end(JSON.stringify(answer));
}

receiveRawBodies();
for (const [name, make] of Object.entries(functions)) {
  // The function this process was deployed as is loaded while the server starts; the others if they are ever asked for.
  let listener = name === process.env.FUNCTION_TARGET ? load(name, make) : undefined;
  http(name, async (request, response) => {
    leaveDomain();
    listener ??= load(name, make);
    let handle: Listener;
    try {
      handle = await listener;
    } catch (error) {
      listener = undefined;
      refuse(response, error);
      return;
    }
    await handle(request, response);
  });
}
