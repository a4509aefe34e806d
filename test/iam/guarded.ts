import type { Iam } from '../../infra/local/iam/iam.ts';
import { asCloudError } from '../../infra/local/in-process/errors.ts';
import type { Message } from '../../infra/local/wire/server.ts';
import { serviceAccountEmail } from '../../shared/cloud/service-account.ts';
import type { NewJob, Ports, WakeUp, Write } from '../../shared/ports/index.ts';
import { cloudSettings, place } from '../sim/place.ts';

type PortCall = (...args: never[]) => Promise<unknown>;

/** A call of an API, as far as its permissions go. */
type WireCall = readonly [method: string, request?: Message];

const { targets, tasksServiceAccount } = cloudSettings;
const secret = (id: string): string => `projects/${place.project}/secrets/${id}`;
const queue = (id: string): string =>
  `projects/${place.project}/locations/${place.region}/queues/${id}`;

/** What the adapter of production sends for each call of a port. `wire.test.ts` holds this to what it really sends. */
const sent: { readonly [call: string]: (...args: never[]) => WireCall[] } = {
  'documents.get': () => [['Firestore.BatchGetDocuments']],
  'documents.query': () => [['Firestore.RunQuery']],
  'documents.count': () => [['Firestore.RunAggregationQuery']],
  'documents.commit': (writes: readonly Write[]) => [
    ['Firestore.Commit', { writes: writes.map(writeMessage) }],
  ],
  'tasks.enqueue': ({ target }: WakeUp) => [
    [
      'CloudTasks.CreateTask',
      {
        parent: queue(targets[target].queue),
        task: { httpRequest: { oidcToken: { serviceAccountEmail: tasksServiceAccount } } },
      },
    ],
  ],
  'secrets.create': () => [['SecretManagerService.CreateSecret']],
  'secrets.addVersion': (id: string) => [
    ['SecretManagerService.AddSecretVersion', { parent: secret(id) }],
  ],
  'secrets.setAliases': (id: string) => [
    ['SecretManagerService.UpdateSecret', { secret: { name: secret(id) } }],
  ],
  'secrets.get': (id: string) => [['SecretManagerService.GetSecret', { name: secret(id) }]],
  'secrets.access': (id: string, version: string) => [
    ['SecretManagerService.AccessSecretVersion', { name: `${secret(id)}/versions/${version}` }],
  ],
  'secrets.list': () => [['SecretManagerService.ListSecrets']],
  'secrets.delete': (id: string) => [['SecretManagerService.DeleteSecret', { name: secret(id) }]],
  'jobs.start': (job: NewJob) => [['Jobs.CreateJob', jobMessage(job)]],
  'jobs.get': () => [['Jobs.GetJob']],
  // Whether it is over, and its task is read as well, is not known yet.
  'jobs.execution': () => [['Executions.GetExecution'], ['Tasks.ListTasks']],
  'jobs.cancel': () => [['Executions.CancelExecution']],
  'jobs.delete': () => [['Jobs.DeleteJob']],
  'jobs.list': () => [['Jobs.ListJobs']],
  'logs.last': () => [['LoggingServiceV2.ListLogEntries']],
  'events.publish': () => [
    ['Publisher.Publish', { topic: `projects/${place.project}/topics/drover-events` }],
  ],
};

const guardedPorts = ['documents', 'tasks', 'secrets', 'jobs', 'logs', 'events'] as const;

/**
 * The ports of one function, held to its permissions. A call that is allowed goes on at once, without a turn of the loop: no
 * history of a seed changes by it.
 */
export function guarded(ports: Ports, iam: Pick<Iam, 'authorize'>, caller: string): Ports {
  const own: { [port: string]: unknown } = { ...ports };
  for (const port of guardedPorts) {
    const calls = ports[port] as unknown as { [name: string]: PortCall };
    own[port] = Object.fromEntries(
      Object.keys(calls).map((name) => {
        // Looked up when it is made: a test may put another in its place.
        const call: PortCall = (...args) => (calls[name] as PortCall)(...args);
        return [name, held(`${port}.${name}`, call, iam, caller)];
      }),
    );
  }
  return own as unknown as Ports;
}

function held(name: string, call: PortCall, iam: Pick<Iam, 'authorize'>, caller: string): PortCall {
  return (...args) => {
    try {
      for (const [method, request = {}] of sent[name]?.(...args) ?? []) {
        iam.authorize(caller, method, request);
      }
    } catch (error) {
      return Promise.reject(asCloudError(error));
    }
    return call(...args);
  };
}

/** A write as far as its permissions go. */
function writeMessage(write: Write): Message {
  if (write.op === 'delete') return { operation: 'delete' };
  if (write.op === 'set') return { operation: 'update' };
  const exists = { conditionType: 'exists', exists: write.op === 'update' };
  const isVersioned = write.op === 'update' && write.version !== undefined;
  return {
    operation: 'update',
    currentDocument: isVersioned ? { conditionType: 'updateTime' } : exists,
  };
}

function jobMessage({ serviceAccount }: NewJob): Message {
  const account = serviceAccountEmail(serviceAccount, place.project);
  return {
    job: {
      createExecution: 'startExecutionToken',
      template: { template: { serviceAccount: account } },
    },
  };
}
