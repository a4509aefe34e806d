import {
  type CloudError,
  type Data,
  hasCode,
  type Ports,
  type Query,
  type Write,
} from '../../shared/ports/index.ts';
import type { FunctionName } from '../sim/calls.ts';
import type { Schedule } from '../sim/schedule.ts';

/** What was asked of Google, as it counts and bills. */
export interface Tally {
  /** Documents read by name, found or not. */
  gets: number;
  queries: number;
  counts: number;
  commits: number;
  /** Documents that gets, queries and counts are billed for (Firestore pricing page). */
  documentsRead: number;
  writes: number;
  /** Administrative writes that Cloud Run took. */
  jobWrites: number;
  jobReads: number;
  secretWrites: number;
  secretReads: number;
  /** Tasks that Cloud Tasks took. */
  tasks: number;
  /** Calls that were refused for a quota. */
  jobRefusals: number;
  secretRefusals: number;
}

const nothing: Tally = {
  gets: 0,
  queries: 0,
  counts: 0,
  commits: 0,
  documentsRead: 0,
  writes: 0,
  jobWrites: 0,
  jobReads: 0,
  secretWrites: 0,
  secretReads: 0,
  tasks: 0,
  jobRefusals: 0,
  secretRefusals: 0,
};

export const tallied = Object.keys(nothing) as (keyof Tally)[];

export function emptyTally(): Tally {
  return { ...nothing };
}

/** The difference of two tallies. */
export function since(before: Tally, now: Tally): Tally {
  const difference = emptyTally();
  for (const name of tallied) difference[name] = now[name] - before[name];
  return difference;
}

/** Calls of Firestore: what the cost and the load of a run come down to. */
export function operations({ gets, queries, counts, commits }: Tally): number {
  return gets + queries + counts + commits;
}

/** Ms that a call takes: of Cloud Run's administration and of Secret Manager, which are slow. */
const jobCallMs = 400;
const secretCallMs = 80;

export interface Meter {
  total: Tally;
  /** What the tick asked for, of all that. */
  tick: Tally;
  portsOf(ports: Ports, name: FunctionName): Ports;
}

/** Counts what is asked through its ports, and lets slow calls take their time. `committed` hears of every commit that was made. */
export function createMeter(
  schedule: Schedule,
  committed: (writes: readonly Write[]) => void,
): Meter {
  const total = emptyTally();
  const tick = emptyTally();

  const portsOf = (ports: Ports, name: FunctionName): Ports => {
    const add = (what: keyof Tally, count = 1): void => {
      total[what] += count;
      if (name === 'tick') tick[what] += count;
    };
    const { documents, tasks, secrets, jobs } = ports;
    /** A call that takes its time, counted when it was not refused. */
    const slow =
      (what: 'jobWrites' | 'jobReads' | 'secretWrites' | 'secretReads') =>
      async <T>(call: () => Promise<T>): Promise<T> => {
        const isJob = what.startsWith('job');
        await schedule.sleep(isJob ? jobCallMs : secretCallMs);
        try {
          const answer = await call();
          add(what);
          return answer;
        } catch (error) {
          if (isOverQuota(error)) add(isJob ? 'jobRefusals' : 'secretRefusals');
          throw error;
        }
      };
    const jobWrite = slow('jobWrites');
    const jobRead = slow('jobReads');
    const secretWrite = slow('secretWrites');
    const secretRead = slow('secretReads');
    return {
      ...ports,
      clock: { ...ports.clock, sleep: schedule.sleep },
      documents: {
        get: (path, ...rest) => {
          add('gets');
          add('documentsRead');
          return documents.get(path, ...rest);
        },
        query: async <T extends Data>(query: Query, ...rest: []) => {
          add('queries');
          const found = await documents.query<T>(query, ...rest);
          add('documentsRead', Math.max(1, found.length));
          return found;
        },
        count: async (query, ...rest) => {
          add('counts');
          const counted = await documents.count(query, ...rest);
          add('documentsRead', Math.max(1, Math.ceil(counted / 1_000)));
          return counted;
        },
        commit: async (writes, ...rest) => {
          add('commits');
          const versions = await documents.commit(writes, ...rest);
          add('writes', writes.length);
          committed(writes);
          return versions;
        },
      },
      tasks: {
        enqueue: (wakeUp) => {
          add('tasks');
          return tasks.enqueue(wakeUp);
        },
      },
      secrets: {
        create: (secret) => secretWrite(() => secrets.create(secret)),
        addVersion: (id, value) => secretWrite(() => secrets.addVersion(id, value)),
        setAliases: (id, aliases) => secretWrite(() => secrets.setAliases(id, aliases)),
        delete: (id) => secretWrite(() => secrets.delete(id)),
        get: (id) => secretRead(() => secrets.get(id)),
        access: (id, version) => secretRead(() => secrets.access(id, version)),
        list: (labels) => secretRead(() => secrets.list(labels)),
      },
      jobs: {
        start: (job) => jobWrite(() => jobs.start(job)),
        delete: (id) => jobWrite(() => jobs.delete(id)),
        cancel: (job, id) => jobWrite(() => jobs.cancel(job, id)),
        get: (id) => jobRead(() => jobs.get(id)),
        execution: (job, id) => jobRead(() => jobs.execution(job, id)),
        list: (labels) => jobRead(() => jobs.list(labels)),
      },
    };
  };
  return { total, tick, portsOf };
}

function isOverQuota(error: unknown): error is CloudError {
  return hasCode(error, 'resource_exhausted');
}
