import { lastOf } from '../../../last-of.ts';
import type { Message } from '../../wire/server.ts';
import { accountTarget, type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const methods = 'Cloud Tasks docs, "Control access with IAM": roles and permissions';
const creating =
  'Cloud Tasks docs, "Create HTTP target tasks": the caller needs iam.serviceAccounts.actAs on the account of the token';

const onQueue = (permission: string, name: unknown): Need => ({
  permission: `cloudtasks.${permission}`,
  on: { kind: 'queue', id: lastOf(name) },
});

const queue =
  (permission: string) =>
  ({ name }: Message): Need[] => [onQueue(permission, name)];

/** The queue of a task's name. */
const task =
  (permission: string) =>
  ({ name, responseView }: Message): Need[] => {
    const queueName = String(name).split('/tasks/')[0];
    return [onQueue(permission, queueName), ...inFull(responseView, queueName)];
  };

/** A task is shown with its body to those who may see that. */
function inFull(view: unknown, name: unknown): Need[] {
  return view === 'FULL' ? [onQueue('tasks.fullView', name)] : [];
}

const inProject = (permission: string) => (): Need[] => [
  { permission: `cloudtasks.${permission}`, on: project },
];

export const taskNeeds = {
  ...fromPage(creating, 'CloudTasks', {
    CreateTask: ({ parent, task: made, responseView }, projectId) => {
      const { httpRequest } = (made ?? {}) as {
        httpRequest?: { oidcToken?: { serviceAccountEmail: string } | null } | null;
      };
      const email = httpRequest?.oidcToken?.serviceAccountEmail;
      const actAs = (account: string): Need => ({
        permission: 'iam.serviceAccounts.actAs',
        on: accountTarget(account, projectId),
      });
      return [
        onQueue('tasks.create', parent),
        ...(email ? [actAs(email)] : []),
        ...inFull(responseView, parent),
      ];
    },
  }),
  ...fromPage(methods, 'CloudTasks', {
    GetTask: task('tasks.get'),
    DeleteTask: task('tasks.delete'),
    ListTasks: ({ parent, responseView }) => [
      onQueue('tasks.list', parent),
      ...inFull(responseView, parent),
    ],
    CreateQueue: inProject('queues.create'),
    ListQueues: inProject('queues.list'),
    GetQueue: queue('queues.get'),
    UpdateQueue: ({ queue: changed }) => [
      onQueue('queues.update', (changed as Message | null)?.name),
    ],
    PauseQueue: queue('queues.pause'),
    ResumeQueue: queue('queues.resume'),
    PurgeQueue: queue('queues.purge'),
  }),
};
