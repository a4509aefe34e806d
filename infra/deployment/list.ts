import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseFormat } from '../../shared/projects/release-format.ts';
import { repositoryRoot } from '../local/repository.ts';
import { monitoringOf } from '../monitoring/resources.ts';
import { type FunctionName, functionNames, functionVariables } from '../resources.ts';
import { compileCache } from '../upload/compile-cache.ts';
import { bindings, callers } from './bindings.ts';
import { functionShapes } from './functions.ts';
import { type Permissions, permissionsOf } from './identities.ts';
import { compositeIndexes, fieldOverrides } from './indexes.ts';
import { accountId, agentAccountId, emailOf, repositoryId, roleId, urlOf } from './names.ts';
import { inOrder } from './order.ts';
import { type Deployment, nameOf, type Resource, type ResourceName } from './resource.ts';
import { transport } from './transport.ts';
import { formatVariable } from './version.ts';

/** The runtime that functions are deployed on. */
export const runtime = 'nodejs24';

/** Everything that Drover has in a project of Google Cloud, in an order in which it can be made. */
export function resourcesOf(deployment: Deployment): Resource[] {
  const watching = monitoringOf(deployment);
  const isMetric = ({ kind }: Resource): boolean => kind === 'log-metric';
  const all = [
    ...apis(),
    // Early: until Cloud Monitoring knows a new metric, minutes may pass in which the rest is made.
    ...watching.filter(isMetric),
    ...identities(deployment),
    ...roles(),
    ...firestore(),
    ...transport(deployment),
    ...functions(deployment),
    ...bindings(deployment),
    ...watching.filter((resource) => !isMetric(resource)),
  ];
  return inOrder(all);
}

const services: { readonly [api: string]: string } = {
  'run.googleapis.com': 'Runs are Cloud Run jobs; functions are Cloud Run services.',
  'cloudfunctions.googleapis.com': 'Deploys the functions.',
  'cloudbuild.googleapis.com': 'Builds the functions and agent images.',
  'artifactregistry.googleapis.com': 'Keeps the images.',
  'cloudtasks.googleapis.com': 'Wake-ups are Cloud Tasks.',
  'cloudscheduler.googleapis.com': 'Calls the tick each minute.',
  'firestore.googleapis.com': 'Holds runs, agents, locks and deliveries.',
  'firebaserules.googleapis.com': 'Denies Firestore to everybody but the functions.',
  'secretmanager.googleapis.com': 'Holds credentials, for a run and between runs.',
  'pubsub.googleapis.com': 'Brings job logs and ended executions to a function.',
  'logging.googleapis.com': 'Has the logs, and the sink that exports them.',
  'monitoring.googleapis.com': 'Has the dashboard, and tells of what is wrong.',
  'iam.googleapis.com': 'Makes identities and roles.',
  'cloudresourcemanager.googleapis.com': 'Keeps who has which role in the project.',
  'storage.googleapis.com': 'Holds what is uploaded while it is built.',
};

function apis(): Resource[] {
  return Object.entries(services).map(([id, why]) => ({ kind: 'api', id, why, needs: [] }));
}

const callerRoles = ['tasks', 'scheduler', 'pubsub'] as const;

function identities({ agents }: Deployment): Resource[] {
  const needs = ['api/iam.googleapis.com'];
  const account = (id: string, title: string, why: string): Resource => ({
    kind: 'service-account',
    id,
    title,
    why,
    needs,
  });
  return [
    ...functionNames.map((name) =>
      account(accountId(name), `Drover ${name}`, `The function \`${name}\` runs as it.`),
    ),
    ...callerRoles.map((role) => account(accountId(role), `Drover ${role}`, callers[role])),
    account(
      accountId('builder'),
      'Drover builder',
      'Cloud Build builds functions and agent images as it.',
    ),
    ...agents.map(({ agent }) =>
      account(
        agentAccountId(agent),
        `Drover agent ${agent}`,
        `Containers of \`${agent}\` run as it.`,
      ),
    ),
  ];
}

/** Roles that are bound to one thing, by what it is for. */
export const boundRoles: { readonly [id: string]: Permissions } = {
  droverWake: { 'cloudtasks.tasks.create': 'sends wake-ups' },
  droverActAs: { 'iam.serviceAccounts.actAs': 'has something run, or call, as this account' },
  droverReadSecret: { 'secretmanager.versions.access': 'reads the files of a run' },
  droverReadCredential: {
    'secretmanager.secrets.get': 'finds the versions of a credential',
    'secretmanager.versions.access': 'reads them',
  },
  droverFillSecret: { 'secretmanager.versions.add': 'fills the secrets of a run' },
  droverRemoveSecret: { 'secretmanager.secrets.delete': 'removes them' },
};

function roles(): Resource[] {
  const needs = ['api/iam.googleapis.com'];
  const role = (id: string, permissions: Permissions, why: string): Resource => ({
    kind: 'role',
    id,
    title: `Drover: ${id.slice('drover'.length)}`,
    why,
    permissions: Object.keys(permissions).sort(),
    needs,
  });
  return [
    ...functionNames.map((name) =>
      role(roleId(name), permissionsOf[name], `What \`${name}\` may do in the project.`),
    ),
    ...Object.entries(boundRoles).map(([id, permissions]) =>
      role(id, permissions, `Bound where it is needed: ${Object.values(permissions).join('; ')}.`),
    ),
  ];
}

function firestore(): Resource[] {
  const database = 'database/(default)';
  const source = readFileSync(join(repositoryRoot(), 'infra/firestore/firestore.rules'), 'utf8');
  return [
    {
      kind: 'database',
      id: '(default)',
      why: 'Runs, agents, locks, deliveries: the truth, and what people read.',
      needs: ['api/firestore.googleapis.com'],
    },
    {
      kind: 'rules',
      id: 'cloud.firestore',
      why: 'Nobody but the functions reads or writes.',
      source,
      needs: [database, 'api/firebaserules.googleapis.com'],
    },
    ...compositeIndexes([database]),
    ...fieldOverrides([database]),
  ];
}

function functions(deployment: Deployment): Resource[] {
  const urls = Object.fromEntries(functionNames.map((name) => [name, urlOf(deployment, name)])) as {
    [name in FunctionName]: string;
  };
  const environment = {
    ...functionVariables(deployment, urls),
    DROVER_CONTROL_OPERATORS: deployment.operators.join(','),
    DROVER_CONTROL_VIEWERS: deployment.viewers.join(','),
    ...(deployment.traces !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: deployment.traces }),
    [formatVariable]: String(releaseFormat),
    // The framework answers two paths by itself otherwise, with an empty body.
    IGNORED_ROUTES: '',
    ...compileCache,
  };
  return functionNames.map((name): Resource => {
    const { isPublic, ...shape } = functionShapes[name];
    return {
      kind: 'function',
      id: `drover-${name}`,
      name,
      runtime,
      entryPoint: name,
      minInstances: 0,
      ...shape,
      ingress: isPublic ? 'all' : 'internal-only',
      serviceAccount: emailOf(deployment, accountId(name)),
      builder: emailOf(deployment, accountId('builder')),
      repository: repositoryId,
      environment,
      needs: [
        `service-account/${accountId(name)}`,
        ...buildNeeds(deployment),
        'api/cloudfunctions.googleapis.com',
        'api/cloudbuild.googleapis.com',
        'api/run.googleapis.com',
        'database/(default)',
      ],
    };
  });
}

/** What a build has to have been given before it can succeed. */
function buildNeeds(deployment: Deployment): ResourceName[] {
  const builder = `serviceAccount:${emailOf(deployment, accountId('builder'))}`;
  return bindings(deployment)
    .filter(({ member }) => member === builder)
    .map(nameOf);
}
