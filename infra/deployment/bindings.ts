import { runSecretPrefix } from '../../shared/runs/names.ts';
import { eventsTopic, functionNames } from '../resources.ts';
import { functionShapes } from './functions.ts';
import { publishes, secretsOf, wakes } from './identities.ts';
import { bindingId, targetName } from './kinds/binding-names.ts';
import { accountId, agentAccountId, emailOf, repositoryId, roleId } from './names.ts';
import type { Binding, Deployment, ResourceName } from './resource.ts';

/** What each account is for that only calls functions. */
export const callers: { readonly [role in 'tasks' | 'scheduler' | 'pubsub']: string } = {
  tasks: 'Cloud Tasks calls `dispatch` and `poll` in its name.',
  scheduler: 'Cloud Scheduler calls `tick` in its name.',
  pubsub: 'Pub/Sub calls `logs` in its name.',
};

/** Most tests in one condition: 12 operators join them (IAM docs, "Quotas and limits"). */
const mostTests = 12;

/** Who may do what with what. */
export function bindings(deployment: Deployment): Binding[] {
  const { project, region, projectNumber, agents } = deployment;
  const member = (id: string): string => `serviceAccount:${emailOf(deployment, id)}`;
  const bind = ({
    part = 0,
    ...binding
  }: Omit<Binding, 'kind' | 'id' | 'needs' | 'condition'> & {
    condition?: Binding['condition'];
    /** Tells bindings of one role to one member apart, when their conditions would be too long for one. */
    part?: number;
  }): Binding => {
    const { on, role, member: who } = binding;
    const target = targetName(on);
    const id = bindingId(on, role, who);
    const needs = [
      ...(on.kind === 'project' ? [] : [target]),
      ...(role.startsWith('roles/') ? [] : [`role/${role}`]),
      ...accountOf(who, deployment),
    ];
    return {
      kind: 'binding',
      id: part === 0 ? id : `${id}, ${part + 1}`,
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
  const secrets = functionNames.flatMap((name) =>
    secretsOf[name].map(({ role, prefixes, why }) =>
      bind({
        on: { kind: 'project' },
        role,
        member: member(accountId(name)),
        condition: {
          title: `${name} ${why}`,
          expression: prefixes
            .map((prefix) => secretTest(`projects/${projectNumber}/secrets/${prefix}`))
            .join(' || '),
        },
        why: `\`${name}\` ${why}.`,
      }),
    ),
  );
  const waking = functionNames.flatMap((name) => [
    ...wakes[name].map((target) =>
      bind({
        on: { kind: 'queue', id: `drover-${target}` },
        role: 'droverWake',
        member: member(accountId(name)),
        why: `\`${name}\` wakes \`${target}\`.`,
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
      on: { kind: 'service-account', id: accountId('pubsub') },
      role: 'roles/iam.serviceAccountTokenCreator',
      member: pubsubAgent,
      why: 'Pub/Sub signs the tokens with which it calls `logs`.',
    }),
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
  const events = [
    ...functionNames.flatMap((name) =>
      publishes[name] === undefined
        ? []
        : [
            bind({
              on: { kind: 'topic', id: eventsTopic },
              role: 'roles/pubsub.publisher',
              member: member(accountId(name)),
              why: `\`${name}\` publishes ${publishes[name]}.`,
            }),
          ],
    ),
    bind({
      on: { kind: 'topic', id: `${eventsTopic}-dead` },
      role: 'roles/pubsub.publisher',
      member: pubsubAgent,
      why: 'Pub/Sub moves dead letters of subscriptions to events.',
    }),
  ];
  const containers = agents.flatMap(({ agent, homeSecrets }) => [
    bind({
      on: { kind: 'service-account', id: agentAccountId(agent) },
      role: 'droverActAs',
      member: member(accountId('dispatch')),
      why: `\`dispatch\` starts containers of \`${agent}\` as it.`,
    }),
    ...chunksOf(mostTests, [
      runSecretPrefix(agent),
      ...homeSecrets.map((id) => `${id}/versions/`),
    ]).map((prefixes, index) =>
      bind({
        on: { kind: 'project' },
        role: 'droverReadSecret',
        member: member(agentAccountId(agent)),
        part: index,
        condition: {
          title: titleOfCondition(agent, index),
          expression: prefixes
            .map((prefix) => secretTest(`projects/${projectNumber}/secrets/${prefix}`))
            .join(' || '),
        },
        why:
          homeSecrets.length === 0
            ? `Containers of \`${agent}\` read the secrets of their runs, and no others.`
            : `Containers of \`${agent}\` read the secrets of their runs, and credentials that are mounted from their home.`,
      }),
    ),
  ]);
  const builds = [
    bind({
      on: { kind: 'project' },
      role: 'roles/logging.logWriter',
      member: member(accountId('builder')),
      why: 'Builds write their logs.',
    }),
    bind({
      on: { kind: 'project' },
      role: 'roles/storage.objectViewer',
      member: member(accountId('builder')),
      condition: {
        title: 'what is uploaded for builds',
        expression: [`gcf-v2-sources-${projectNumber}-${region}`, `${project}_cloudbuild`]
          .map((bucket) => `resource.name.startsWith("projects/_/buckets/${bucket}")`)
          .join(' || '),
      },
      why: 'Builds read what was uploaded for them.',
    }),
    bind({
      on: { kind: 'repository', id: repositoryId },
      role: 'roles/artifactregistry.writer',
      member: member(accountId('builder')),
      why: 'Builds keep their images.',
    }),
  ];
  return [
    ...builds,
    ...own,
    ...secrets,
    ...waking,
    ...calling,
    ...open,
    ...logs,
    ...events,
    ...containers,
  ];
}

/** The account of ours that a member is. */
function accountOf(member: string, { project }: Deployment): ResourceName[] {
  const id = new RegExp(`^serviceAccount:(.*)@${project}\\.iam`).exec(member)?.[1];
  if (id !== undefined) return [`service-account/${id}`];
  return member.startsWith('sink:') ? [`sink/${member.slice('sink:'.length)}`] : [];
}

function secretTest(prefix: string): string {
  return `resource.name.startsWith("${prefix}")`;
}

/** Titles are 100 characters at most. */
function titleOfCondition(agent: string, part: number): string {
  return part === 0 ? `secrets of runs of ${agent}` : `credentials of ${agent}, ${part}`;
}

function chunksOf<T>(size: number, all: readonly T[]): T[][] {
  const starts = [...Array(Math.ceil(all.length / size)).keys()];
  return starts.map((at) => all.slice(at * size, (at + 1) * size));
}
