import { type Fields, Refused, type Status } from './answer.ts';

/** One thing of a project, under its API and its name: `cloudtasks/projects/p/locations/r/queues/q`. */
export interface Stored {
  api: string;
  name: string;
  fields: Fields;
}

/** What is in a project: things, policies on them, services that are on, and names that rest. */
export interface Store {
  things: Map<string, Stored>;
  policies: Map<string, Fields>;
  services: Set<string>;
  /** Names that were used too recently, and why they cannot be used. */
  resting: Map<string, string>;
  operations: Map<string, Fields>;
  count: number;
}

export function emptyStore(services: readonly string[] = []): Store {
  return {
    things: new Map(),
    policies: new Map(),
    services: new Set(services),
    resting: new Map(),
    operations: new Map(),
    count: 0,
  };
}

export function copyOf(store: Store): Store {
  return structuredClone(store);
}

export function keyOf(api: string, name: string): string {
  return `${api}/${name}`;
}

export function nextNumber(store: Store): number {
  store.count += 1;
  return store.count;
}

export function thing(store: Store, api: string, name: string): Fields {
  const found = store.things.get(keyOf(api, name));
  if (!found) throw new Refused('NOT_FOUND', `Resource not found: ${name} does not exist.`);
  return found.fields;
}

export function put(store: Store, api: string, name: string, fields: Fields): Fields {
  store.things.set(keyOf(api, name), { api, name, fields });
  return fields;
}

export function refuseTaken(
  store: Store,
  api: string,
  name: string,
  status: Status = 'ALREADY_EXISTS',
): void {
  if (store.things.has(keyOf(api, name))) {
    throw new Refused(status, `Requested entity already exists: ${name}`);
  }
  const why = store.resting.get(keyOf(api, name));
  if (why !== undefined) throw new Refused('FAILED_PRECONDITION', why);
}

/** Removes a thing, what is below it, and the policies on them. */
export function removeThing(store: Store, api: string, name: string): Fields {
  const fields = thing(store, api, name);
  const key = keyOf(api, name);
  for (const map of [store.things, store.policies] as Map<string, unknown>[]) {
    for (const each of [...map.keys()])
      if (each === key || each.startsWith(`${key}/`)) map.delete(each);
  }
  return fields;
}

/** Sets the fields that a mask names (`a,b.c`), or all that are given where there is no mask. */
export function merge(into: Fields, from: Fields, mask: string | null): void {
  if (mask === null || mask === '' || mask === '*') {
    Object.assign(into, from);
    return;
  }
  for (const path of mask.split(',')) {
    const parts = path.split('.').map(camel);
    const last = parts.pop() ?? '';
    let target = into;
    let source: Fields | undefined = from;
    for (const part of parts) {
      target[part] = { ...(target[part] as Fields | undefined) };
      target = target[part] as Fields;
      source = source?.[part] as Fields | undefined;
    }
    if (source?.[last] === undefined) delete target[last];
    else target[last] = source[last];
  }
}

/** Masks are written in either manner. */
function camel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A new version of something: bytes, as JSON has them. */
export function nextEtag(store: Store): string {
  return Buffer.from(`version ${nextNumber(store)}`).toString('base64');
}
