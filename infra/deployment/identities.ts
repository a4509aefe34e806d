import type { FunctionName } from '../resources.ts';

/** Permissions of the project that a function's role has, each with what it is for. */
export type Permissions = { readonly [permission: string]: string };

const documents: Permissions = {
  'datastore.entities.get': 'reads documents, and answers queries',
  'datastore.entities.list': 'answers queries',
  'datastore.entities.create': 'creates documents',
  'datastore.entities.update': 'changes documents',
};

/**
 * What each function may do in the project (D17): its custom role has exactly these permissions. What it may do with one queue
 * or one identity only is bound there, see {@link wakes} and {@link actsAs}.
 */
export const permissionsOf: { readonly [name in FunctionName]: Permissions } = {
  webhook: {
    ...documents,
    'secretmanager.secrets.get': 'finds the versions of a signing secret',
    'secretmanager.versions.access': 'reads signing secrets',
  },
  dispatch: {
    ...documents,
    'datastore.entities.delete': 'removes what a run has that ended in its queue',
    'secretmanager.secrets.create': 'makes the secrets of a run',
    'secretmanager.secrets.get': 'finds the versions of a credential',
    'secretmanager.secrets.delete': 'removes the secrets of a launch that failed',
    'secretmanager.versions.add': 'fills the secrets of a run',
    'secretmanager.versions.access': 'reads credentials, to copy them',
    'run.jobs.create': 'creates the job of a run',
    'run.jobs.run': 'starts it in the same call',
    'run.jobs.get': 'looks up a launch whose answer was lost',
    'run.jobs.delete': 'removes the job of a launch that failed',
    'run.executions.get': 'looks up what was started',
    'run.executions.cancel': 'stops a run that gives way to a later one',
    'run.tasks.list': 'reads how a container ended',
  },
  poll: {
    ...documents,
    'datastore.entities.delete': 'removes what a run has that is over',
    'secretmanager.secrets.list': 'finds the secrets of a run by their labels',
    'secretmanager.secrets.delete': 'removes them',
    'run.jobs.get': 'observes a run',
    'run.jobs.delete': 'removes the job of a run that is over',
    'run.executions.get': 'observes a run',
    'run.executions.cancel': 'stops a run whose time is up, or that somebody killed',
    'run.tasks.list': 'reads how a container ended',
    'logging.logEntries.list': 'reads the last lines of a run that failed',
  },
  tick: {
    ...documents,
    'datastore.entities.delete': 'removes what has no owner',
    'secretmanager.secrets.list': 'finds secrets that have no owner',
    'secretmanager.secrets.delete': 'removes them',
    'run.jobs.list': 'finds jobs that have no owner',
    'run.jobs.delete': 'removes them',
  },
  gateway: {
    ...documents,
    'datastore.entities.delete': 'forgets who waits for a lock',
  },
  control: {
    ...documents,
    'secretmanager.secrets.get': 'finds the versions of an API key',
    'secretmanager.versions.access': 'reads API keys',
    'run.executions.cancel': 'stops a run that somebody kills',
    'run.jobs.get': 'finds its execution',
  },
  logs: documents,
};

/** Functions that send wake-ups: they may create tasks in both queues, in the name of the tasks' service account. */
export const wakes: readonly FunctionName[] = [
  'webhook',
  'dispatch',
  'poll',
  'tick',
  'gateway',
  'control',
  'logs',
];

/** Functions that start containers: they may act as the agents' service accounts. */
export const actsAs: readonly FunctionName[] = ['dispatch'];
