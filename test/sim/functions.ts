import { readEnvironment } from '../../functions/environment.ts';
import type { App } from '../../functions/http/listener.ts';
import type { Instance as FunctionInstance } from '../../functions/instance.ts';
import {
  type FunctionName as Deployed,
  functionNames,
  functionVariables,
} from '../../infra/resources.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { FunctionName, Instance } from './calls.ts';
import { place, settings } from './place.ts';
import { readStandIn } from './token.ts';

type Make = (instance: FunctionInstance) => App;

const makers: { readonly [name in Deployed]: () => Promise<Make> } = {
  webhook: async () => (await import('../../functions/webhook.ts')).webhook,
  dispatch: async () => (await import('../../functions/dispatch.ts')).dispatch,
  poll: async () => (await import('../../functions/poll.ts')).poll,
  tick: async () => (await import('../../functions/tick.ts')).tick,
  gateway: async () => (await import('../../functions/gateway.ts')).gateway,
  control: async () => (await import('../../functions/control.ts')).control,
  logs: async () => (await import('../../functions/logs.ts')).logs,
};
const loaded = new Map<FunctionName, Make>();

/** Where a function is called in the world. */
export function urlOf(name: FunctionName): string {
  return `https://${name}.test`;
}

const environment = readEnvironment(
  functionVariables(
    place,
    Object.fromEntries(functionNames.map((name) => [name, urlOf(name)])) as {
      [name in Deployed]: string;
    },
  ),
);

/** Loads the modules of these functions: no seed decides how long that takes, and afterwards nothing is waited for. */
export async function loadFunctions(names: readonly FunctionName[] = functionNames): Promise<void> {
  for (const name of names) {
    if (loaded.has(name) || !(name in makers)) continue;
    loaded.set(name, await makers[name as Deployed]());
  }
}

/**
 * The functions as their instances have them: each its own, with what it remembers.
 *
 * @param failed Hears of what a function answered 500 to.
 */
export function createApps(failed: (name: FunctionName, error: Error) => void) {
  const apps = new WeakMap<Instance, Map<FunctionName, App>>();

  /** Their log goes nowhere, but for what they have no name for. */
  const listening = (ports: Ports, name: FunctionName): Ports => ({
    ...ports,
    log: {
      ...ports.log,
      error: (message, fields = {}) => {
        ports.log.error(message, fields);
        if (message === 'unexpected') failed(name, new Error(String(fields.stack)));
      },
    },
  });

  /** The function `name` of an instance; it must have been loaded. */
  return (instance: Instance, name: FunctionName): App => {
    const own = apps.get(instance) ?? new Map<FunctionName, App>();
    apps.set(instance, own);
    const known = own.get(name);
    if (known) return known;
    const make = loaded.get(name);
    if (!make) throw new Error(`there is no function ${name}`);
    const { ports, releases } = instance;
    const app = make({
      environment,
      settings,
      ports: listening(ports, name),
      releases,
      readToken: readStandIn,
    });
    own.set(name, app);
    return app;
  };
}
