import { type Asked, type Fields, fieldsAt, Refused, textAt } from './answer.ts';
import { keyOf, nextNumber, type Store } from './store.ts';

/** A kind of thing of an API, as its REST description has it. */
export interface Collection {
  api: string;
  /** Its things' parent, with `*` for a name: `projects/*​/locations/*`. */
  parent: RegExp;
  /** The last but one part of their names, and the field that a list has them in. */
  name: string;
  /** The service that must be enabled. */
  service: string;
  /** What a thing is called that this request creates. Default: the query's `<singular>Id`. */
  idOf?: (asked: Asked, store: Store) => string;
  /** Creating, changing and removing are long-running operations. */
  isSlow?: boolean;
  /** The thing within the body of a create or change; default: the body. */
  fieldsOf?: (asked: Asked) => Fields;
  /** What Google adds to a thing. */
  added?: (name: string, fields: Fields, store: Store) => Fields;
  /** Refuses what Google refuses of a thing. */
  check?: (fields: Fields, asked: Asked, store: Store) => void;
  /** PATCH creates what is not there. */
  isUpsert?: boolean;
}

const parents = {
  project: /^projects\/[^/]+$/,
  location: /^projects\/[^/]+\/locations\/[^/]+$/,
  database: /^projects\/[^/]+\/databases$/,
  group: /^projects\/[^/]+\/databases\/[^/]+\/collectionGroups\/[^/]+$/,
  namespace: /^namespaces\/[^/]+$/,
};

const inBody = ({ body }: Asked): string => textAt(body, 'name').split('/').at(-1) ?? '';
const inPath = ({ path }: Asked): string => path.split('/').at(-1) ?? '';
const queried =
  (...names: readonly string[]) =>
  ({ query }: Asked): string =>
    names.map((name) => query.get(name)).find((id) => id !== null) ?? '';

/** The project that a name is in. */
export function projectOf(name: string): string {
  return name.split('/')[1] ?? '';
}

/** The number of every project: one server has one. */
export const projectNumber = '123456789012';

export const collections: readonly Collection[] = [
  {
    api: 'iam',
    parent: parents.project,
    name: 'serviceAccounts',
    service: 'iam.googleapis.com',
    idOf: ({ body, path }) =>
      `${textAt(body, 'accountId')}@${projectOf(path)}.iam.gserviceaccount.com`,
    fieldsOf: ({ body, method }) =>
      fieldsAt(body, method === 'POST' ? 'serviceAccount' : 'serviceAccount'),
    added: (name, _, store) => ({
      projectId: projectOf(name),
      email: name.split('/').at(-1),
      uniqueId: `1000${nextNumber(store)}`,
    }),
  },
  {
    api: 'iam',
    parent: parents.project,
    name: 'roles',
    service: 'iam.googleapis.com',
    idOf: ({ body }) => textAt(body, 'roleId'),
    fieldsOf: ({ body, method }) => (method === 'POST' ? fieldsAt(body, 'role') : body),
  },
  {
    api: 'firestore',
    parent: parents.project,
    name: 'databases',
    service: 'firestore.googleapis.com',
    idOf: queried('databaseId'),
    isSlow: true,
    added: () => ({ uid: '5f9a', concurrencyMode: 'PESSIMISTIC' }),
  },
  {
    api: 'firestore',
    parent: parents.group,
    name: 'indexes',
    service: 'firestore.googleapis.com',
    idOf: (_, store) => `CICAgI${nextNumber(store)}`,
    isSlow: true,
    added: (_, fields) => ({
      state: 'READY',
      fields: [...((fields.fields as Fields[] | undefined) ?? []), lastField(fields)],
    }),
  },
  {
    api: 'firestore',
    parent: parents.group,
    name: 'fields',
    service: 'firestore.googleapis.com',
    isSlow: true,
    isUpsert: true,
  },
  {
    api: 'cloudtasks',
    parent: parents.location,
    name: 'queues',
    service: 'cloudtasks.googleapis.com',
    idOf: inBody,
    added: () => ({ state: 'RUNNING' }),
  },
  {
    api: 'pubsub',
    parent: parents.project,
    name: 'topics',
    service: 'pubsub.googleapis.com',
    idOf: inPath,
    fieldsOf: ({ body, method }) => (method === 'PATCH' ? fieldsAt(body, 'topic') : body),
  },
  {
    api: 'pubsub',
    parent: parents.project,
    name: 'subscriptions',
    service: 'pubsub.googleapis.com',
    idOf: inPath,
    fieldsOf: ({ body, method }) => (method === 'PATCH' ? fieldsAt(body, 'subscription') : body),
    added: () => ({ state: 'ACTIVE' }),
  },
  {
    api: 'logging',
    parent: parents.project,
    name: 'sinks',
    service: 'logging.googleapis.com',
    idOf: inBody,
    added: (name) => ({
      name: name.split('/').at(-1),
      writerIdentity: `serviceAccount:service-${projectNumber}@gcp-sa-logging.iam.gserviceaccount.com`,
    }),
  },
  {
    api: 'logging',
    parent: parents.project,
    name: 'metrics',
    service: 'logging.googleapis.com',
    idOf: inBody,
    added: (name) => ({ name: name.split('/').at(-1), version: 'V2' }),
  },
  {
    api: 'monitoring',
    parent: parents.project,
    name: 'dashboards',
    service: 'monitoring.googleapis.com',
    idOf: inBody,
  },
  {
    api: 'monitoring',
    parent: parents.project,
    name: 'notificationChannels',
    service: 'monitoring.googleapis.com',
    idOf: (_, store) => `${9_000 + nextNumber(store)}`,
  },
  {
    api: 'monitoring',
    parent: parents.project,
    name: 'alertPolicies',
    service: 'monitoring.googleapis.com',
    idOf: (_, store) => `${9_000 + nextNumber(store)}`,
    check: refuseUnknown,
    added: (name, fields) => ({
      conditions: ((fields.conditions as Fields[] | undefined) ?? []).map((condition, at) => ({
        ...condition,
        name: `${name}/conditions/${at + 1}`,
      })),
      creationRecord: { mutateTime: '2026-11-26T00:00:00Z', mutatedBy: 'octavia@acme.test' },
    }),
  },
  {
    api: 'cloudscheduler',
    parent: parents.location,
    name: 'jobs',
    service: 'cloudscheduler.googleapis.com',
    idOf: inBody,
    added: () => ({ state: 'ENABLED' }),
  },
  {
    api: 'artifactregistry',
    parent: parents.location,
    name: 'repositories',
    service: 'artifactregistry.googleapis.com',
    idOf: queried('repositoryId'),
    isSlow: true,
  },
  {
    api: 'cloudfunctions',
    parent: parents.location,
    name: 'functions',
    service: 'cloudfunctions.googleapis.com',
    idOf: queried('functionId'),
    isSlow: true,
    added: (name, fields) => ({
      state: 'ACTIVE',
      environment: 'GEN_2',
      url: `https://${name.split('/')[3]}-${projectOf(name)}.cloudfunctions.net/${name.split('/').at(-1)}`,
      serviceConfig: {
        ...fieldsAt(fields, 'serviceConfig'),
        service: name.replace('/functions/', '/services/'),
        uri: `https://${name.split('/').at(-1)}-abc-ew.a.run.app`,
        allTrafficOnLatestRevision: true,
      },
    }),
  },
  {
    api: 'run',
    parent: parents.location,
    name: 'services',
    service: 'run.googleapis.com',
  },
  {
    api: 'run',
    parent: parents.namespace,
    name: 'jobs',
    service: 'run.googleapis.com',
  },
  {
    api: 'secretmanager',
    parent: parents.project,
    name: 'secrets',
    service: 'secretmanager.googleapis.com',
    idOf: queried('secretId'),
    added: (_, fields) => ({
      createTime: '2026-11-26T00:00:00Z',
      ...(fields.ttl === undefined ? {} : { expireTime: '2026-11-26T00:20:00Z' }),
    }),
  },
  {
    api: 'firebaserules',
    parent: parents.project,
    name: 'rulesets',
    service: 'firebaserules.googleapis.com',
    idOf: (_, store) => `ruleset-${nextNumber(store)}`,
  },
  {
    api: 'firebaserules',
    parent: parents.project,
    name: 'releases',
    service: 'firebaserules.googleapis.com',
    idOf: inBody,
    fieldsOf: ({ body, method }) => (method === 'PATCH' ? fieldsAt(body, 'release') : body),
  },
];

/** Cloud Monitoring refuses a policy on a metric of the project's own that is not there, and one that tells nobody it knows. */
function refuseUnknown(fields: Fields, { path }: Asked, store: Store): void {
  const project = `projects/${projectOf(path)}`;
  const text = JSON.stringify(fields.conditions ?? []);
  for (const [, metric = ''] of text.matchAll(/logging\.googleapis\.com\/user\/([\w-]+)/g)) {
    if (store.things.has(keyOf('logging', `${project}/metrics/${metric}`))) continue;
    throw new Refused(
      'NOT_FOUND',
      `Cannot find metric(s) that match type = "logging.googleapis.com/user/${metric}". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.`,
    );
  }
  for (const channel of (fields.notificationChannels as string[] | undefined) ?? []) {
    if (store.things.has(keyOf('monitoring', channel))) continue;
    throw new Refused('NOT_FOUND', `The notification channel ${channel} does not exist.`);
  }
}

/** What Firestore ends the fields of every composite index with. */
function lastField(fields: Fields): Fields {
  const last = (fields.fields as Fields[] | undefined)?.at(-1);
  return { fieldPath: '__name__', order: textAt(last, 'order') || 'ASCENDING' };
}
