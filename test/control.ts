import { control } from '../functions/control.ts';
import { readEnvironment } from '../functions/environment.ts';
import { type FunctionName, functionNames, functionVariables } from '../infra/resources.ts';
import { keepCredential } from '../shared/credentials/home.ts';
import { place, settings } from './sim/place.ts';
import type { World } from './world.ts';

/** The keys of the control API in a world. */
export const keys = { operator: 'the-operators-key', viewer: 'the-viewers-key' };

/** What the control API answered. */
export interface Answered {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where there is something else.
  json: any;
}

export interface Asking {
  /** Default: the operator's. */
  key?: string | null;
  body?: unknown;
  headers?: { [name: string]: string };
}

/** The control API of a world, called without a wire. */
export interface Control {
  get(path: string, asking?: Asking): Promise<Answered>;
  post(path: string, body?: unknown, asking?: Asking): Promise<Answered>;
  /** The answer itself, for what is no JSON. */
  fetch(method: string, path: string, asking?: Asking): Promise<Response>;
}

export async function controlOf(world: World): Promise<Control> {
  const { ports } = world;
  await keepKey(world, 'default', keys.operator);
  await keepKey(world, 'viewer', keys.viewer);
  const urls = Object.fromEntries(functionNames.map((name) => [name, `https://${name}.test`]));
  const environment = readEnvironment(
    functionVariables(place, urls as { [name in FunctionName]: string }),
  );
  const app = control({
    ports,
    settings,
    environment,
    readToken: async () => undefined,
    get releases() {
      return world.releases;
    },
  });
  const fetch = async (method: string, path: string, asking: Asking = {}): Promise<Response> => {
    const { key = keys.operator, body, headers } = asking;
    return app.request(path, {
      method,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  const ask = async (method: string, path: string, asking?: Asking): Promise<Answered> => {
    const response = await fetch(method, path, asking);
    return { status: response.status, headers: response.headers, json: await response.json() };
  };
  return {
    get: (path, asking) => ask('GET', path, asking),
    post: (path, body, asking) => ask('POST', path, { ...asking, ...(body ? { body } : {}) }),
    fetch,
  };
}

export async function keepKey({ ports }: World, instance: string, key: string): Promise<void> {
  const reference = { type: 'gateway_api_key', instance };
  await keepCredential(ports, reference, { key: Buffer.from(key) });
}
