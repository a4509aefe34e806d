import { http } from '@google-cloud/functions-framework';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { receiveRawBodies } from './http/raw-bodies.ts';
import type { Instance } from './instance.ts';

/** Each function's own module: a cold instance loads its own and nothing of the others (D16). */
const functions: { readonly [name: string]: () => Promise<(instance: Instance) => Hono> } = {
  webhook: async () => (await import('./webhook.ts')).webhook,
  dispatch: async () => (await import('./dispatch.ts')).dispatch,
  poll: async () => (await import('./poll.ts')).poll,
  tick: async () => (await import('./tick.ts')).tick,
  gateway: async () => (await import('./gateway.ts')).gateway,
  logs: async () => (await import('./logs.ts')).logs,
};

type Listener = ReturnType<typeof getRequestListener>;

let instance: Promise<Instance> | undefined;

async function load(make: () => Promise<(instance: Instance) => Hono>): Promise<Listener> {
  instance ??= import('./instance.ts').then(({ createInstance }) => createInstance(process.env));
  const app = (await make())(await instance);
  return getRequestListener(app.fetch);
}

receiveRawBodies();
for (const [name, make] of Object.entries(functions)) {
  // The function this process was deployed as is loaded while the server starts; the others if they are ever asked for.
  let listener = name === process.env.FUNCTION_TARGET ? load(make) : undefined;
  http(name, async (request, response) => {
    listener ??= load(make);
    await (await listener)(request, response);
  });
}
