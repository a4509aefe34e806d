import { type Answer, type Asked, type Fields, Refused, textAt } from './answer.ts';
import { type Collection, collections, projectNumber } from './collections.ts';
import { handlePolicy } from './policies.ts';
import { handleSpecial } from './special.ts';
import {
  merge,
  nextEtag,
  nextNumber,
  put,
  refuseTaken,
  removeThing,
  type Store,
  thing,
} from './store.ts';

/** Answers a request as Google's API would, and changes what is in the project accordingly. */
export function handle(store: Store, asked: Asked): Answer {
  try {
    return { status: 200, body: answerTo(store, asked) };
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

/** Verbs that turn something on or off, and what is set by them. */
const states: { readonly [verb: string]: Fields } = {
  undelete: { deleted: undefined },
  resume: { state: 'RUNNING' },
  pause: { state: 'PAUSED' },
  enable: { disabled: undefined },
  disable: { disabled: true },
};

function answerTo(store: Store, asked: Asked): Fields {
  const operation = /(?:^|\/)operations\/[^/]+$/.exec(asked.path);
  if (operation && asked.method === 'GET') return store.operations.get(asked.path) ?? gone(asked);
  const special = handleSpecial(store, asked);
  if (special) return special;
  const found = find(asked);
  if (!found)
    throw new Refused(
      'NOT_FOUND',
      `no such method: ${asked.method} ${asked.api}/${asked.path}:${asked.verb ?? ''}`,
    );
  const { collection, id } = found;
  refuseDisabled(store, collection.service);
  const policy = handlePolicy(store, asked);
  if (policy) return policy;
  const turned = states[asked.verb ?? ''];
  if (turned) return Object.assign(thing(store, asked.api, asked.path), turned);
  if (asked.verb !== undefined) {
    throw new Refused('NOT_FOUND', `no such method: ${asked.path}:${asked.verb}`);
  }
  if (id === undefined)
    return asked.method === 'GET'
      ? list(store, asked, collection)
      : create(store, asked, collection, asked.path);
  return one(store, asked, collection);
}

/** The collection that a path is of, and the thing in it that the path names. */
function find({
  api,
  path,
}: Asked): { collection: Collection; id: string | undefined } | undefined {
  const parts = path.split('/');
  for (const collection of collections.filter((each) => each.api === api)) {
    if (parts.at(-1) === collection.name && collection.parent.test(parts.slice(0, -1).join('/'))) {
      return { collection, id: undefined };
    }
    if (parts.at(-2) === collection.name && collection.parent.test(parts.slice(0, -2).join('/'))) {
      return { collection, id: parts.at(-1) };
    }
  }
  return undefined;
}

export function refuseDisabled(store: Store, service: string): void {
  if (store.services.has(service)) return;
  const name = `${service} API`;
  const url = `https://console.developers.google.com/apis/api/${service}/overview?project=${projectNumber}`;
  throw new Refused(
    'PERMISSION_DENIED',
    `${name} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'SERVICE_DISABLED',
        domain: 'googleapis.com',
        metadata: { service, consumer: `projects/${projectNumber}` },
      },
    ],
  );
}

function list(store: Store, asked: Asked, { api, name }: Collection): Fields {
  // `-` stands for all locations, and for all collections.
  const pattern = new RegExp(
    `^${asked.path
      .split('/')
      .map((part) => (part === '-' ? '[^/]+' : part.replaceAll(/[.()*+?^$[\]\\]/g, '\\$&')))
      .join('/')}/[^/]+$`,
  );
  const rows = [...store.things.values()]
    .filter((each) => each.api === api && pattern.test(each.name))
    .map(({ fields }) => fields)
    .filter((fields) => asked.query.get('showDeleted') === 'true' || fields.deleted !== true)
    .filter((fields) => isAskedFor(asked, fields));
  const listed =
    { serviceAccounts: 'accounts' }[name] ??
    (asked.path.startsWith('namespaces/') ? 'items' : name);
  return rows.length === 0 ? {} : { [listed]: rows };
}

/** Whether a thing has the label that a list is narrowed to (Monitoring docs, "Sorting and filtering"). */
function isAskedFor({ api, query }: Asked, fields: Fields): boolean {
  const filter = query.get('filter');
  if (api !== 'monitoring' || filter === null) return true;
  const [, label = '', value] = /^user_labels\.(\w+)="([^"]*)"$/.exec(filter) ?? [];
  if (value === undefined) throw new Refused('INVALID_ARGUMENT', `Unknown filter: ${filter}`);
  return textAt(fields.userLabels, label) === value;
}

export function create(store: Store, asked: Asked, collection: Collection, path: string): Fields {
  const id = (collection.idOf ?? (() => ''))(asked, store);
  if (id === '') throw new Refused('INVALID_ARGUMENT', `no name for one of ${path}`);
  const name = `${path}/${id}`;
  refuseTaken(store, collection.api, name);
  const fields = collection.fieldsOf?.(asked) ?? asked.body;
  collection.check?.(fields, asked, store);
  refuseTwin(store, collection, path, fields);
  const made = put(store, collection.api, name, {
    ...fields,
    name,
    etag: nextEtag(store),
    ...collection.added?.(name, fields, store),
  });
  if (collection.name === 'functions') {
    put(store, 'run', name.replace('/functions/', '/services/'), { name });
  }
  return settled(store, asked, collection, made);
}

/** Firestore does not make the same index twice, whatever it would be called. */
function refuseTwin(store: Store, { api, name }: Collection, path: string, fields: Fields): void {
  if (name !== 'indexes') return;
  const wanted = JSON.stringify(fields.fields);
  const isThere = [...store.things.values()].some(
    (each) =>
      each.api === api &&
      each.name.startsWith(`${path}/`) &&
      JSON.stringify((each.fields.fields as Fields[]).slice(0, -1)) === wanted,
  );
  if (isThere) throw new Refused('ALREADY_EXISTS', 'index already exists');
}

function one(store: Store, asked: Asked, collection: Collection): Fields {
  const { api } = collection;
  const { path, method, query } = asked;
  switch (method) {
    case 'GET':
      return thing(store, api, path);
    case 'PUT':
      // Pub/Sub creates by it; others replace.
      if (api === 'pubsub')
        return create(store, asked, collection, path.split('/').slice(0, -1).join('/'));
      return change(store, asked, collection, query.get('updateMask'));
    case 'PATCH':
      return change(
        store,
        asked,
        collection,
        query.get('updateMask') ?? (textAt(asked.body, 'updateMask') || null),
      );
    case 'DELETE':
      return remove(store, asked, collection);
    default:
      throw new Refused('NOT_FOUND', `no such method: ${method} ${path}`);
  }
}

function change(store: Store, asked: Asked, collection: Collection, mask: string | null): Fields {
  const { api } = collection;
  const fields = collection.fieldsOf?.(asked) ?? asked.body;
  if (collection.isUpsert && !store.things.has(`${api}/${asked.path}`)) {
    put(store, api, asked.path, { name: asked.path });
  }
  const there = thing(store, api, asked.path);
  const { name } = there;
  collection.check?.(fields, asked, store);
  merge(there, fields, mask);
  if (collection.name === 'fields') settleField(there);
  Object.assign(there, { name, etag: nextEtag(store) });
  return settled(store, asked, collection, there);
}

/** A policy of expiry is on its way, then in force; without one, nothing is said of it. */
function settleField(fields: Fields): void {
  if (fields.ttlConfig !== undefined) fields.ttlConfig = { state: 'ACTIVE' };
  if (fields.indexConfig === undefined) fields.indexConfig = { usesAncestorConfig: true };
}

function remove(store: Store, asked: Asked, collection: Collection): Fields {
  const { api, name } = collection;
  const { path } = asked;
  if (name === 'roles') {
    const role = thing(store, api, path);
    role.deleted = true;
    return role;
  }
  if (
    name === 'databases' &&
    textAt(thing(store, api, path), 'deleteProtectionState') === 'DELETE_PROTECTION_ENABLED'
  ) {
    throw new Refused('FAILED_PRECONDITION', 'Database delete protection is enabled.');
  }
  removeThing(store, api, path);
  if (name === 'functions') removeThing(store, 'run', path.replace('/functions/', '/services/'));
  if (name === 'queues') {
    store.resting.set(
      `${api}/${path}`,
      'The queue cannot be created because a queue with this name existed too recently.',
    );
  }
  if (name === 'serviceAccounts') markDeleted(store, path.split('/').at(-1) ?? '');
  return settled(store, asked, collection, {});
}

/** An account that is gone stays in policies, under another name. */
function markDeleted(store: Store, email: string): void {
  for (const [key, policy] of store.policies) {
    store.policies.set(
      key,
      JSON.parse(
        JSON.stringify(policy).replaceAll(
          `"serviceAccount:${email}"`,
          `"deleted:serviceAccount:${email}?uid=1"`,
        ),
      ) as Fields,
    );
  }
}

/** The answer: what was made, or the operation that made it. */
export function settled(store: Store, asked: Asked, { isSlow }: Collection, made: Fields): Fields {
  if (!isSlow) return made;
  const parent =
    /^projects\/[^/]+\/(?:locations|databases)\/[^/]+/.exec(asked.path)?.[0] ??
    `${asked.path}/(default)`;
  const name = `${parent}/operations/op${nextNumber(store)}`;
  const operation = { name, done: true, metadata: {}, response: made };
  store.operations.set(name, operation);
  return operation;
}

function gone({ path }: Asked): never {
  throw new Refused('NOT_FOUND', `no operation ${path}`);
}
