import { addressType } from '../../shared/notifications/topics.ts';
import { providers } from '../../shared/webhooks/providers.ts';
import type { FunctionName } from '../resources.ts';

/** Permissions of the project that a function's role has, each with what it is for. */
export type Permissions = { readonly [permission: string]: string };

const documents: Permissions = {
  'datastore.entities.get': 'reads documents, and answers queries',
  'datastore.entities.create': 'creates documents',
  'datastore.entities.update': 'changes documents',
};
const queries: Permissions = { 'datastore.entities.list': 'answers queries' };

/**
 * What each function may do in the project (D17): its custom role has exactly these permissions. What it may do with one queue,
 * one identity or some secrets only is bound there, see {@link wakes} and {@link secretsOf}.
 */
export const permissionsOf: { readonly [name in FunctionName]: Permissions } = {
  webhook: documents,
  dispatch: {
    ...documents,
    ...queries,
    'secretmanager.secrets.create': 'makes the secrets of a run',
    'run.jobs.create': 'creates the job of a run',
    'run.jobs.run': 'starts it in the same call',
    'run.jobs.get': 'looks up what became of a launch',
    'run.jobs.delete': 'removes the job of a launch that failed',
    'run.executions.cancel': 'stops a run that gives way to a later one',
  },
  poll: {
    ...documents,
    ...queries,
    'datastore.entities.delete': 'removes a return value that a later one takes the place of',
    'run.jobs.get': 'finds the execution of a run',
    'run.jobs.delete': 'removes the job of a run that is over',
    'run.executions.get': 'observes a run',
    'run.executions.cancel': 'stops a run whose time is up, or that somebody killed',
    'run.tasks.list': 'reads how a container ended',
    'logging.logEntries.list': 'reads the last lines of a run that failed',
  },
  tick: {
    ...documents,
    ...queries,
    'datastore.entities.delete': 'removes runs and deliveries that were kept long enough',
    'secretmanager.secrets.list': 'finds secrets that have no owner',
    'run.jobs.list': 'finds jobs that have no owner',
    'run.jobs.delete': 'removes them',
  },
  gateway: {
    ...documents,
    ...queries,
    'datastore.entities.delete':
      'forgets who waits for a lock, and a return value that a later one takes the place of',
    'run.executions.cancel': 'stops a run that has itself shut down',
    'run.jobs.delete': 'removes the job of one that was being launched still',
  },
  control: {
    ...documents,
    ...queries,
    'run.executions.cancel': 'stops a run that somebody kills',
    'run.jobs.delete': 'removes the job of one that was being launched still',
  },
  logs: {
    ...documents,
    'datastore.entities.delete': 'removes a return value that a later one takes the place of',
  },
};

/** What is allowed with secrets whose ids begin in a certain way, by the role that allows it. */
export interface SecretGrant {
  role: 'droverReadCredential' | 'droverFillSecret' | 'droverRemoveSecret';
  prefixes: readonly string[];
  why: string;
}

const credentialPrefix = 'drover-cred-';
const runPrefix = 'drover-run-';

const removal: SecretGrant = {
  role: 'droverRemoveSecret',
  prefixes: [runPrefix],
  why: 'removes the secrets of a run that is over',
};

/** Types of the secrets that deliveries are signed with. */
const signingTypes = [...new Set(providers.flatMap(({ secret }) => (secret ? [secret.type] : [])))];

/** What each function may do with secrets: with those of runs, or with credentials, and of these with no more than it needs. */
export const secretsOf: { readonly [name in FunctionName]: readonly SecretGrant[] } = {
  webhook: [
    {
      role: 'droverReadCredential',
      prefixes: signingTypes.map((type) => `${credentialPrefix}${type}-`),
      why: 'reads signing secrets',
    },
  ],
  dispatch: [
    {
      role: 'droverReadCredential',
      prefixes: [credentialPrefix],
      why: 'reads credentials, to copy them',
    },
    { role: 'droverFillSecret', prefixes: [runPrefix], why: 'fills the secrets of a run' },
    { ...removal, why: 'removes the secrets of a launch that came to nothing' },
  ],
  poll: [
    removal,
    {
      role: 'droverReadCredential',
      prefixes: [`${credentialPrefix}${addressType}-`],
      why: 'reads where people are told of failures',
    },
  ],
  tick: [{ ...removal, why: 'removes secrets that have no owner' }],
  gateway: [
    { ...removal, why: 'removes the secrets of a run that shuts down while it is launched' },
  ],
  control: [
    {
      role: 'droverReadCredential',
      prefixes: [`${credentialPrefix}gateway_api_key-`],
      why: 'reads API keys',
    },
    { ...removal, why: 'removes the secrets of a run that is killed while it is launched' },
  ],
  logs: [],
};

/** Functions that bring a run on, or end one, and what they publish of it. Neither who admits one nor who hears its log does. */
export const publishes: { readonly [name in FunctionName]?: string } = {
  dispatch: 'that a run was admitted, and was launched',
  poll: 'what happens to a run until its end',
  tick: 'that a run was admitted which waits',
  gateway: 'the end of a run that shuts down while it is launched',
  control: 'the end of a run that somebody kills before it runs',
};

/** Whom each function sends wake-ups to: it may create tasks in that queue, in the name of the tasks' service account. */
export const wakes: { readonly [name in FunctionName]: readonly ('dispatch' | 'poll')[] } = {
  webhook: ['dispatch'],
  dispatch: ['dispatch', 'poll'],
  poll: ['dispatch', 'poll'],
  tick: ['dispatch', 'poll'],
  gateway: ['dispatch', 'poll'],
  control: ['dispatch', 'poll'],
  logs: ['poll'],
};
