import { describe, expect, it } from 'vitest';
import { definition, type ServiceName } from '../../wire/protos.ts';
import type { Message } from '../../wire/server.ts';
import { needsOf } from './index.ts';

const services: readonly ServiceName[] = [
  'google.firestore.v1.Firestore',
  'google.cloud.tasks.v2.CloudTasks',
  'google.cloud.secretmanager.v1.SecretManagerService',
  'google.cloud.run.v2.Jobs',
  'google.cloud.run.v2.Executions',
  'google.cloud.run.v2.Tasks',
  'google.logging.v2.LoggingServiceV2',
  'google.pubsub.v1.Publisher',
  'google.pubsub.v1.Subscriber',
  'google.longrunning.Operations',
];

/** The permissions that a request needs. */
function needed(method: string, request: Message): string[] {
  return (
    needsOf[method]?.of(request, 'acme').map(({ permission, on }) => {
      const id = 'id' in on ? ` ${on.id}` : '';
      return `${permission} on ${on.kind}${id}`;
    }) ?? ['an unknown method']
  );
}

describe('the table of needs', () => {
  it('has only methods that there are, each with a page that says so', () => {
    const there = services.flatMap((service) =>
      Object.values(definition(service)).map(({ path }) => {
        const [, qualified = '', name = ''] = path.split('/');
        return `${qualified.slice(qualified.lastIndexOf('.') + 1)}.${name}`;
      }),
    );
    expect(Object.keys(needsOf).filter((method) => !there.includes(method))).toEqual([]);
    for (const { source } of Object.values(needsOf)) expect(source).toMatch(/docs, "/);
  });

  it.each([
    ['create', { conditionType: 'exists', exists: false }, ['create']],
    ['change', { conditionType: 'exists', exists: true }, ['update']],
    ['change as it was read', { conditionType: 'updateTime' }, ['update']],
    ['create or change', null, ['create', 'update']],
  ])('asks of a commit what its writes do: %s', (_, currentDocument, verbs) => {
    const writes = [{ operation: 'update', currentDocument }];
    expect(needed('Firestore.Commit', { writes })).toEqual(
      verbs.map((verb) => `datastore.entities.${verb} on project`),
    );
  });

  it('asks of a commit everything that any of its writes needs', () => {
    const writes = [
      { operation: 'delete' },
      { operation: 'update', currentDocument: { conditionType: 'exists', exists: false } },
    ];
    expect(needed('Firestore.Commit', { writes })).toEqual([
      'datastore.entities.delete on project',
      'datastore.entities.create on project',
    ]);
    expect(needed('Firestore.Commit', { writes: [] })).toEqual([
      'datastore.databases.get on project',
    ]);
  });

  it('asks of a task with a token for its queue, and for the account of the token', () => {
    const parent = 'projects/acme/locations/here/queues/q';
    const serviceAccountEmail = 'tasks@acme.iam.gserviceaccount.com';
    const httpRequest = { oidcToken: { serviceAccountEmail } };
    expect(needed('CloudTasks.CreateTask', { parent, task: { httpRequest } })).toEqual([
      'cloudtasks.tasks.create on queue q',
      'iam.serviceAccounts.actAs on service-account tasks',
    ]);
    expect(needed('CloudTasks.CreateTask', { parent, task: { httpRequest: {} } })).toEqual([
      'cloudtasks.tasks.create on queue q',
    ]);
    expect(
      needed('CloudTasks.GetTask', { name: `${parent}/tasks/t`, responseView: 'FULL' }),
    ).toEqual(['cloudtasks.tasks.get on queue q', 'cloudtasks.tasks.fullView on queue q']);
  });

  it('asks of a job for the account that it runs as, and for its start where that is one call', () => {
    const serviceAccount = 'a@acme.iam.gserviceaccount.com';
    const template = { template: { serviceAccount } };
    expect(needed('Jobs.CreateJob', { job: { template } })).toEqual([
      'run.jobs.create on project',
      'iam.serviceAccounts.actAs on service-account a',
    ]);
    const createExecution = 'startExecutionToken';
    expect(needed('Jobs.CreateJob', { job: { template, createExecution } })).toContain(
      'run.jobs.run on project',
    );
    expect(needed('Jobs.CreateJob', { job: {} })).toContain(
      'iam.serviceAccounts.actAs on service-account compute@developer.gserviceaccount.com',
    );
    expect(needed('Jobs.RunJob', { overrides: {} })).toEqual([
      'run.jobs.runWithOverrides on project',
    ]);
  });

  it('takes no account of another project for one of ours', () => {
    const template = { template: { serviceAccount: 'a@evil.iam.gserviceaccount.com' } };
    expect(needed('Jobs.CreateJob', { job: { template } })).toContain(
      'iam.serviceAccounts.actAs on service-account a@evil.iam.gserviceaccount.com',
    );
  });

  it('asks of a message for its topic', () => {
    const topic = 'projects/acme/topics/drover-events';
    expect(needed('Publisher.Publish', { topic })).toEqual([
      'pubsub.topics.publish on topic drover-events',
    ]);
  });

  it('asks of a version for its secret', () => {
    const name = 'projects/acme/secrets/s/versions/latest';
    expect(needed('SecretManagerService.AccessSecretVersion', { name })).toEqual([
      'secretmanager.versions.access on secret s',
    ]);
  });
});
