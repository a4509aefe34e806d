import type { Message } from '../../wire/server.ts';
import { accountTarget, type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const permissions = 'Cloud Run docs, "Cloud Run IAM permissions"';
const creating =
  'Cloud Run docs, "Create jobs": required roles, with Service Account User on the job\'s identity';

const needs = (...wanted: string[]): Need[] =>
  wanted.map((permission) => ({ permission: `run.${permission}`, on: project }));

const simply = (permission: string) => (): Need[] => needs(permission);

/** A job that is written runs as an account, and with a token it is started by the same call. */
const writing =
  (permission: string) =>
  ({ job }: Message, projectId: string): Need[] => {
    const { template, createExecution } = (job ?? {}) as {
      template?: { template?: { serviceAccount?: string } | null } | null;
      createExecution?: string;
    };
    // A job that names none runs as Compute Engine's default account, which has a domain of its own.
    const account = template?.template?.serviceAccount || 'compute@developer.gserviceaccount.com';
    return [
      ...needs(permission, ...(createExecution ? ['jobs.run'] : [])),
      { permission: 'iam.serviceAccounts.actAs', on: accountTarget(account, projectId) },
    ];
  };

export const runNeeds = {
  ...fromPage(creating, 'Jobs', {
    CreateJob: writing('jobs.create'),
    UpdateJob: writing('jobs.update'),
  }),
  ...fromPage(permissions, 'Jobs', {
    GetJob: simply('jobs.get'),
    ListJobs: simply('jobs.list'),
    DeleteJob: simply('jobs.delete'),
    RunJob: ({ overrides }) => needs(overrides ? 'jobs.runWithOverrides' : 'jobs.run'),
  }),
  ...fromPage(permissions, 'Executions', {
    GetExecution: simply('executions.get'),
    ListExecutions: simply('executions.list'),
    CancelExecution: simply('executions.cancel'),
    DeleteExecution: simply('executions.delete'),
  }),
  ...fromPage(permissions, 'Tasks', {
    GetTask: simply('tasks.get'),
    ListTasks: simply('tasks.list'),
  }),
  ...fromPage(permissions, 'Operations', {
    GetOperation: simply('operations.get'),
    WaitOperation: simply('operations.get'),
    ListOperations: simply('operations.list'),
  }),
};
