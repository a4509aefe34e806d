import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSecretPrefix } from '../../shared/runs/names.ts';
import { repositoryRoot } from '../local/repository.ts';
import {
  type FunctionName,
  functionNames,
  functionVariables,
  logPush,
  queues,
  serviceAccount,
} from '../resources.ts';
import { sinkFilter } from '../sink-filter.ts';
import { functionShapes } from './functions.ts';
import { type Permissions, permissionsOf, wakes } from './identities.ts';
import { compositeIndexes, fieldOverrides } from './indexes.ts';
import { accountId, agentAccountId, emailOf, functionUrl } from './names.ts';
import { inOrder } from './order.ts';
import type { Binding, Deployment, Resource, ResourceName } from './resource.ts';

/** The runtime that functions are deployed on. */
export const runtime = 'nodejs24';

/** Images of an agent that are kept beside those that a release needs. */
const keptImages = 3;
const daySeconds = 86_400;

/** Everything that Drover has in a project of Google Cloud, in an order in which it can be made. */
export function resourcesOf(deployment: Deployment): Resource[] {
  const all = [
    ...apis(),
    ...identities(deployment),
    ...roles(),
    ...firestore(),
    ...transport(deployment),
    ...functions(deployment),
    ...bindings(deployment),
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
  'iam.googleapis.com': 'Makes identities and roles.',
};

function apis(): Resource[] {
  return Object.entries(services).map(([id, why]) => ({ kind: 'api', id, why, needs: [] }));
}

const callers: { readonly [role in 'tasks' | 'scheduler' | 'pubsub']: string } = {
  tasks: 'Cloud Tasks calls `dispatch` and `poll` in its name.',
  scheduler: 'Cloud Scheduler calls `tick` in its name.',
  pubsub: 'Pub/Sub calls `logs` in its name.',
};

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
const boundRoles: { readonly [id: string]: Permissions } = {
  droverWake: { 'cloudtasks.tasks.create': 'sends wake-ups' },
  droverActAs: { 'iam.serviceAccounts.actAs': 'has something run, or call, as this account' },
  droverReadSecret: { 'secretmanager.versions.access': 'reads the files of a run' },
};

/** The id of a function's role. */
export function roleId(name: FunctionName): string {
  return `drover${name[0]?.toUpperCase()}${name.slice(1)}`;
}

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

function transport(deployment: Deployment): Resource[] {
  const { project } = deployment;
  const { retry, ackDeadlineSeconds, oidc } = logPush(project, functionUrl(deployment, 'logs'));
  const pubsub = 'api/pubsub.googleapis.com';
  return [
    ...queues(deployment).map(
      ({ name, ...queue }): Resource => ({
        kind: 'queue',
        id: name.split('/').at(-1) ?? '',
        why: 'Wake-ups wait in it.',
        maxDispatchesPerSecond: 500,
        ...queue,
        needs: ['api/cloudtasks.googleapis.com'],
      }),
    ),
    {
      kind: 'topic',
      id: 'drover-logs',
      why: 'The log sink exports job logs and ended executions to it.',
      needs: [pubsub],
    },
    {
      kind: 'topic',
      id: 'drover-logs-dead',
      why: 'What `logs` could not take after many attempts.',
      needs: [pubsub],
    },
    {
      kind: 'subscription',
      id: 'drover-logs',
      why: 'Pushes each entry to `logs`.',
      topic: 'drover-logs',
      ackDeadlineSeconds,
      retentionSeconds: daySeconds,
      push: {
        url: functionUrl(deployment, 'logs'),
        serviceAccount: oidc.serviceAccount,
        audience: oidc.audience,
      },
      retry,
      deadLetter: { topic: 'drover-logs-dead', maxDeliveryAttempts: 20 },
      needs: ['topic/drover-logs', 'topic/drover-logs-dead', 'service-account/drover-pubsub'],
    },
    {
      kind: 'subscription',
      id: 'drover-logs-dead',
      why: 'Keeps dead letters for a week, for a person to look at.',
      topic: 'drover-logs-dead',
      ackDeadlineSeconds: 60,
      retentionSeconds: 7 * daySeconds,
      push: null,
      retry: null,
      deadLetter: null,
      needs: ['topic/drover-logs-dead'],
    },
    {
      kind: 'sink',
      id: 'drover-logs',
      why: 'Exports what our jobs print, and that an execution has ended.',
      topic: 'drover-logs',
      filter: sinkFilter(project),
      needs: ['topic/drover-logs', 'api/logging.googleapis.com'],
    },
    {
      kind: 'scheduler-job',
      id: 'drover-tick',
      why: 'Calls `tick` each minute.',
      schedule: '* * * * *',
      url: functionUrl(deployment, 'tick'),
      audience: functionUrl(deployment, 'tick'),
      serviceAccount: serviceAccount('scheduler', project),
      deadlineSeconds: functionShapes.tick.timeoutSeconds,
      needs: [
        'api/cloudscheduler.googleapis.com',
        'service-account/drover-scheduler',
        'function/drover-tick',
      ],
    },
    {
      kind: 'repository',
      id: 'drover',
      why: 'Images of agents.',
      format: 'docker',
      cleanup: [
        {
          name: 'keep-latest',
          action: { type: 'Keep' },
          mostRecentVersions: { keepCount: keptImages },
        },
        {
          name: 'delete-untagged',
          action: { type: 'Delete' },
          condition: { tagState: 'untagged', olderThan: '30d' },
        },
      ],
      needs: ['api/artifactregistry.googleapis.com'],
    },
  ];
}

function functions(deployment: Deployment): Resource[] {
  const urls = Object.fromEntries(
    functionNames.map((name) => [name, functionUrl(deployment, name)]),
  ) as { [name in FunctionName]: string };
  const environment = {
    ...functionVariables(deployment, urls),
    DROVER_CONTROL_OPERATORS: deployment.operators.join(','),
    DROVER_CONTROL_VIEWERS: deployment.viewers.join(','),
    // The framework answers two paths by itself otherwise, with an empty body.
    IGNORED_ROUTES: '',
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
      environment,
      needs: [
        `service-account/${accountId(name)}`,
        'api/cloudfunctions.googleapis.com',
        'api/cloudbuild.googleapis.com',
        'api/run.googleapis.com',
        'database/(default)',
      ],
    };
  });
}

function bindings(deployment: Deployment): Resource[] {
  const { projectNumber, agents } = deployment;
  const member = (id: string): string => `serviceAccount:${emailOf(deployment, id)}`;
  const bind = (
    binding: Omit<Binding, 'kind' | 'id' | 'needs' | 'condition'> & {
      condition?: Binding['condition'];
    },
  ): Binding => {
    const { on, role, member: who } = binding;
    const target = on.kind === 'project' ? 'project' : `${on.kind}/${on.id}`;
    const needs = [
      ...(on.kind === 'project' || on.kind === 'secret' ? [] : [target]),
      ...(role.startsWith('roles/') ? [] : [`role/${role}`]),
      ...accountOf(who, deployment),
    ];
    return {
      kind: 'binding',
      id: `${role} on ${target} for ${who}`,
      condition: null,
      ...binding,
      needs,
    };
  };
  const own = functionNames.map((name) =>
    bind({
      on: { kind: 'project' },
      role: roleId(name),
      member: member(accountId(name)),
      why: `What \`${name}\` may do in the project.`,
    }),
  );
  const waking = wakes.flatMap((name) => [
    ...queues(deployment).map(({ name: queue }) =>
      bind({
        on: { kind: 'queue', id: queue.split('/').at(-1) ?? '' },
        role: 'droverWake',
        member: member(accountId(name)),
        why: `\`${name}\` sends wake-ups.`,
      }),
    ),
    bind({
      on: { kind: 'service-account', id: accountId('tasks') },
      role: 'droverActAs',
      member: member(accountId(name)),
      why: `A wake-up of \`${name}\` calls in the name of Cloud Tasks' account.`,
    }),
  ]);
  const calling = (
    [
      ['dispatch', 'tasks'],
      ['poll', 'tasks'],
      ['tick', 'scheduler'],
      ['logs', 'pubsub'],
    ] as const
  ).map(([name, caller]) =>
    bind({
      on: { kind: 'function', id: `drover-${name}` },
      role: 'roles/run.servicesInvoker',
      member: member(accountId(caller)),
      why: callers[caller],
    }),
  );
  const open = functionNames
    .filter((name) => functionShapes[name].isPublic)
    .map((name) =>
      bind({
        on: { kind: 'function', id: `drover-${name}` },
        role: 'roles/run.invoker',
        member: 'allUsers',
        why: `\`${name}\` guards itself: Google's check would keep its callers out.`,
      }),
    );
  const pubsubAgent = `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  const logs = [
    bind({
      on: { kind: 'topic', id: 'drover-logs' },
      role: 'roles/pubsub.publisher',
      member: 'sink:drover-logs',
      why: 'The sink publishes.',
    }),
    bind({
      on: { kind: 'topic', id: 'drover-logs-dead' },
      role: 'roles/pubsub.publisher',
      member: pubsubAgent,
      why: 'Pub/Sub moves dead letters.',
    }),
    bind({
      on: { kind: 'subscription', id: 'drover-logs' },
      role: 'roles/pubsub.subscriber',
      member: pubsubAgent,
      why: 'Pub/Sub takes dead letters out.',
    }),
  ];
  const containers = agents.flatMap(({ agent, homeSecrets }) => [
    bind({
      on: { kind: 'service-account', id: agentAccountId(agent) },
      role: 'droverActAs',
      member: member(accountId('dispatch')),
      why: `\`dispatch\` starts containers of \`${agent}\` as it.`,
    }),
    bind({
      on: { kind: 'project' },
      role: 'droverReadSecret',
      member: member(agentAccountId(agent)),
      condition: {
        title: `secrets of runs of ${agent}`,
        expression: `resource.name.startsWith("projects/${projectNumber}/secrets/${runSecretPrefix(agent)}")`,
      },
      why: `Containers of \`${agent}\` read the secrets of their runs, and of no others.`,
    }),
    ...homeSecrets.map((id) =>
      bind({
        on: { kind: 'secret', id },
        role: 'droverReadSecret',
        member: member(agentAccountId(agent)),
        why: `\`${agent}\` has its credentials mounted from their home.`,
      }),
    ),
  ]);
  return [...own, ...waking, ...calling, ...open, ...logs, ...containers];
}

/** The account of ours that a member is. */
function accountOf(member: string, { project }: Deployment): ResourceName[] {
  const id = new RegExp(`^serviceAccount:(.*)@${project}\\.iam`).exec(member)?.[1];
  if (id !== undefined) return [`service-account/${id}`];
  return member.startsWith('sink:') ? [`sink/${member.slice('sink:'.length)}`] : [];
}
