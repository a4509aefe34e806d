import type { Lock, Wait } from '../../shared/locks/lock.ts';
import { CloudError, type Documents, type Ports } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Schedule } from '../sim/schedule.ts';

/** How everything stood after a commit, or after time went on. */
export interface Moment {
  /** Ms since the epoch. */
  time: number;
  /** Who brought it about. */
  by: string;
  /** By key. */
  locks: ReadonlyMap<string, Lock>;
  /** By run. */
  waits: ReadonlyMap<string, Wait>;
  over: ReadonlySet<string>;
}

/** What becomes of a commit: it succeeds, never arrives, or takes effect without an answer. */
export type Fate = 'answered' | 'refused' | 'unanswered';

interface Surroundings {
  ports: Ports;
  schedule: Schedule;
  /** Holds a call until it is its turn. */
  turn(what: string): Promise<void>;
  fates: readonly Fate[];
}

/** Keeps every moment, and lets callers act one call of Firestore at a time, in whatever order their turns come. */
export async function keepHistory({ ports, schedule, turn, fates }: Surroundings) {
  const { documents } = ports;
  const moments: Moment[] = [];
  const ahead = [...fates];

  const remember = async (by: string): Promise<void> => {
    const limit = 1_000;
    const [locks, waits, runs] = await Promise.all([
      documents.query<Lock>({ collection: 'locks', limit }),
      documents.query<Wait>({ collection: 'waits', limit }),
      documents.query<Run>({ collection: 'runs', limit }),
    ]);
    moments.push({
      time: schedule.now(),
      by,
      locks: new Map(locks.map(({ data }) => [data.key, data])),
      waits: new Map(waits.map(({ id, data }) => [id, data])),
      over: new Set(runs.flatMap(({ id, data }) => (isOver(data.state) ? [id] : []))),
    });
  };

  let tail: Promise<unknown> = Promise.resolve();
  /** Does something while nobody else does anything. */
  const alone = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    await turn(what);
    const done = tail.then(act);
    tail = done.catch(() => {});
    return done;
  };

  const documentsOf = (by: string): Documents => ({
    get: (path) => alone(`${by} gets ${path}`, () => documents.get(path)),
    query: (query) => alone(`${by} queries ${query.collection}`, () => documents.query(query)),
    count: (query) => alone(`${by} counts ${query.collection}`, () => documents.count(query)),
    commit: (writes) =>
      alone(`${by} commits ${writes.map(({ path }) => path)}`, async () => {
        const fate = ahead.shift() ?? 'answered';
        if (fate === 'refused') throw new CloudError('unavailable', 'nobody there');
        const versions = await documents.commit(writes);
        await remember(by);
        if (fate === 'unanswered') throw new CloudError('deadline_exceeded', 'no answer');
        return versions;
      }),
  });

  await remember('nobody');
  return {
    moments,
    /** The ports of a caller whose clock is `skewMs` from the world's. */
    portsOf: (by: string, skewMs: number): Ports => ({
      ...ports,
      documents: documentsOf(by),
      clock: { now: () => schedule.now() + skewMs, sleep: async () => {} },
    }),
    passTime: (ms: number): Promise<void> =>
      alone(`${ms} ms pass`, async () => {
        schedule.moveTo(schedule.now() + ms);
        await remember('time');
      }),
  };
}
