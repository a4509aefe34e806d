import { AsyncLocalStorage } from 'node:async_hooks';
import type { Data, Ports, Query } from '../../../shared/ports/index.ts';

/** One call of a Google service. */
export interface Call {
  /** As the wire counts it, `Service.Method`. */
  method: string;
  /** What it was about, for a reader: a document, a secret, a job. */
  about: string;
  /** Which round trip it belongs to, from 1: calls of one round are on their way at the same time. */
  round: number;
  /** What the caller was doing, as {@link Rounds.as} says. */
  during: string;
  /** Documents that it reads and writes, as Firestore bills them. */
  reads: number;
  writes: readonly string[];
}

/** Counts the calls that go through its ports, and how many of them had to wait for one another. */
export interface Rounds {
  wrap(ports: Ports): Ports;
  calls: Call[];
  /** Round trips made so far, one after the other. */
  made(): number;
  /** Labels every call that `work` makes. */
  as<T>(during: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Time in this measurement is the round trip: every call takes exactly one. Calls that are made before any of them is
 * answered share a round; when nothing more is asked for without an answer, all of them are answered at once. The number
 * of rounds is then the longest chain of calls that wait for one another, and the same in every repetition.
 */
export function countRounds(): Rounds {
  const calls: Call[] = [];
  const during = new AsyncLocalStorage<string>();
  let made = 0;
  let waiting: (() => void)[] = [];

  const answerAll = (): void => {
    made += 1;
    const answers = waiting;
    waiting = [];
    for (const answer of answers) answer();
  };
  const roundTrip = (): Promise<void> =>
    new Promise((resolve) => {
      // Immediates run when no promise has anything left to do: everybody who can ask has asked.
      if (waiting.length === 0) setImmediate(answerAll);
      waiting.push(resolve);
    });
  const record = async (method: string, about: string, writes: readonly string[] = []) => {
    const call: Call = {
      method,
      about,
      round: made + 1,
      during: during.getStore() ?? '',
      reads: 0,
      writes,
    };
    calls.push(call);
    await roundTrip();
    return call;
  };

  return {
    calls,
    made: () => made,
    as: (label, work) => during.run(label, work),
    wrap: (ports) => ({ ...ports, ...counted(ports, record) }),
  };
}

type RecordCall = (method: string, about: string, writes?: readonly string[]) => Promise<Call>;

/** The ports with a record of each call before it is made. Which methods an operation calls is the adapters' business. */
function counted(
  { documents, tasks, secrets, jobs, events }: Ports,
  record: RecordCall,
): Pick<Ports, 'documents' | 'tasks' | 'secrets' | 'jobs' | 'events'> {
  return {
    documents: {
      get: async (path) => {
        const call = await record('Firestore.BatchGetDocuments', path);
        // A document that is not there is billed as one that is (Firestore pricing page).
        call.reads = 1;
        return documents.get(path);
      },
      query: async <T extends Data>(query: Query) => {
        const call = await record('Firestore.RunQuery', query.collection);
        const found = await documents.query<T>(query);
        call.reads = Math.max(1, found.length);
        return found;
      },
      count: async (query) => {
        const call = await record('Firestore.RunAggregationQuery', query.collection);
        const counted = await documents.count(query);
        // One read for up to 1,000 index entries (Firestore pricing page).
        call.reads = Math.max(1, Math.ceil(counted / 1_000));
        return counted;
      },
      commit: async (writes) => {
        const paths = writes.map(({ path }) => path);
        await record('Firestore.Commit', paths.join(', '), paths);
        return documents.commit(writes);
      },
    },
    tasks: {
      enqueue: async (wakeUp) => {
        await record('CloudTasks.CreateTask', wakeUp.target);
        return tasks.enqueue(wakeUp);
      },
    },
    secrets: {
      create: async (secret) => {
        await record('SecretManagerService.CreateSecret', secret.id);
        return secrets.create(secret);
      },
      addVersion: async (id, value) => {
        await record('SecretManagerService.AddSecretVersion', id);
        return secrets.addVersion(id, value);
      },
      setAliases: async (id, aliases) => {
        await record('SecretManagerService.UpdateSecret', id);
        return secrets.setAliases(id, aliases);
      },
      get: async (id) => {
        await record('SecretManagerService.GetSecret', id);
        return secrets.get(id);
      },
      access: async (id, version) => {
        await record('SecretManagerService.AccessSecretVersion', id);
        return secrets.access(id, version);
      },
      list: async (labels) => {
        await record('SecretManagerService.ListSecrets', '');
        return secrets.list(labels);
      },
      delete: async (id) => {
        await record('SecretManagerService.DeleteSecret', id);
        return secrets.delete(id);
      },
    },
    jobs: {
      start: async (job) => {
        await record('Jobs.CreateJob', job.id);
        return jobs.start(job);
      },
      get: async (id) => {
        await record('Jobs.GetJob', id);
        return jobs.get(id);
      },
      execution: async (job, name) => {
        await record('Executions.GetExecution', name);
        const execution = await jobs.execution(job, name);
        if (execution?.over) await record('Tasks.ListTasks', name);
        return execution;
      },
      cancel: async (job, name) => {
        await record('Executions.CancelExecution', name);
        return jobs.cancel(job, name);
      },
      delete: async (id) => {
        await record('Jobs.DeleteJob', id);
        return jobs.delete(id);
      },
      list: async (labels) => {
        await record('Jobs.ListJobs', '');
        return jobs.list(labels);
      },
    },
    events: {
      publish: async (key, messages) => {
        await record('Publisher.Publish', `${messages.length} of ${key}`);
        return events.publish(key, messages);
      },
    },
  };
}
