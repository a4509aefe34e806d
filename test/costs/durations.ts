import { nothing, type Operations } from '../../shared/costs/operations.ts';
import type { CountedRun, Invocation } from './count-operations.ts';

/**
 * How long each call of Google's services is taken to last, in seconds, seen from a function in the same region. These are assumed:
 * nobody has measured them for these functions. What a deployment really takes stands in Cloud Monitoring,
 * `run.googleapis.com/request_latencies` of the services `drover-*`.
 */
export const callSeconds: { readonly [method: string]: number } = {
  'Firestore.BatchGetDocuments': 0.02,
  'Firestore.RunQuery': 0.02,
  'Firestore.RunAggregationQuery': 0.02,
  'Firestore.Commit': 0.04,
  'CloudTasks.CreateTask': 0.04,
  'SecretManagerService.GetSecret': 0.05,
  'SecretManagerService.AccessSecretVersion': 0.05,
  'SecretManagerService.ListSecrets': 0.1,
  'SecretManagerService.CreateSecret': 0.15,
  'SecretManagerService.AddSecretVersion': 0.15,
  'SecretManagerService.DeleteSecret': 0.1,
  'Jobs.CreateJob': 1,
  'Jobs.GetJob': 0.08,
  'Jobs.DeleteJob': 0.5,
  'Jobs.ListJobs': 0.1,
  'Executions.GetExecution': 0.08,
  'Tasks.ListTasks': 0.08,
  'Publisher.Publish': 0.03,
};

/** What a function does beside waiting for others, in seconds (`docs/benchmarks.md`: a webhook is 3 ms). */
const ownSeconds = 0.01;
/** Requests are billed by the 100 ms that were begun (https://cloud.google.com/run/pricing). */
const step = 0.1;
/** Size of an entry of the log sink, and how often it passes Pub/Sub: in and out. */
const endEventBytes = 2 * 2_000;

/** What a counted run comes to in the units that Google bills, but for what nobody can count: bytes of logs. */
export function billed({ run, invocations }: CountedRun, seconds: number): Operations {
  const calls = invocations.flatMap(({ rounds }) => rounds.flat());
  const times = (method: string): number => calls.filter((call) => call.method === method).length;
  const written = new Set(calls.flatMap(({ writes }) => writes));
  const stays = [...written].filter((path) => /^(agents|project)\//.test(path));
  const byTasks = invocations.filter(({ name }) => name === 'dispatch' || name === 'poll').length;
  const versions = times('SecretManagerService.AddSecretVersion');
  return {
    ...nothing,
    reads: calls.reduce((sum, call) => sum + call.reads, 0),
    writes: calls.reduce((sum, call) => sum + call.writes.length, 0),
    removals: written.size - stays.length,
    tasks: times('CloudTasks.CreateTask') + byTasks,
    // Cloud Run reads each version that is mounted, and that of the run's own secret.
    secretAccesses: accessesOf(invocations) + versions,
    secretSeconds: versions * seconds,
    requests: invocations.length,
    functionSeconds: invocations.reduce((sum, one) => sum + secondsOf(one), 0),
    messageBytes: endEventBytes + 2_000 * (run.events + 1),
    logBytes: 1_500 * invocations.length,
  };
}

/** Those of a launch: what verifies a caller is read once in a while, and not for each of them. */
function accessesOf(invocations: readonly Invocation[]): number {
  const launches = invocations.filter(({ name }) => name === 'dispatch');
  const calls = launches.flatMap(({ rounds }) => rounds.flat());
  return calls.filter(({ method }) => method.endsWith('AccessSecretVersion')).length;
}

/** The seconds for which a call of a function is billed: the longest call of each round trip, one after the other. */
export function secondsOf({ rounds }: Invocation): number {
  const waited = rounds.map((calls) => Math.max(...calls.map(({ method }) => secondsFor(method))));
  const seconds = waited.reduce((sum, one) => sum + one, ownSeconds);
  return Math.ceil(Math.round((seconds / step) * 1e6) / 1e6) * step;
}

function secondsFor(method: string): number {
  const seconds = callSeconds[method];
  if (seconds === undefined) throw new Error(`nobody has said how long ${method} takes`);
  return seconds;
}
