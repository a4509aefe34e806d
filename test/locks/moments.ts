import type { Lock, Wait } from '../../shared/locks/lock.ts';
import type { Documents } from '../../shared/ports/index.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { Instant } from './operation.ts';

/** How everything stood after a commit, or after time went on. */
export interface Moment {
  at: Instant;
  /** By key. */
  locks: ReadonlyMap<string, Lock>;
  /** By run. */
  waits: ReadonlyMap<string, Wait>;
  over: ReadonlySet<string>;
}

export interface Moments {
  all: readonly Moment[];
  remember(): Promise<void>;
}

/** Keeps moments of a history in which one thing happens at a time. */
export function watchMoments(documents: Documents, instant: () => Instant): Moments {
  const all: Moment[] = [];
  const limit = 1_000;
  return {
    all,
    remember: async () => {
      const [locks, waits, runs] = await Promise.all([
        documents.query<Lock>({ collection: 'locks', limit }),
        documents.query<Wait>({ collection: 'waits', limit }),
        documents.query<Run>({ collection: 'runs', limit }),
      ]);
      all.push({
        at: instant(),
        locks: new Map(locks.map(({ data }) => [data.key, data])),
        waits: new Map(waits.map(({ id, data }) => [id, data])),
        over: new Set(runs.flatMap(({ id, data }) => (isOver(data.state) ? [id] : []))),
      });
    },
  };
}
