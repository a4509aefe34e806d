import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { isEarly, isRerun, type Judged, judgeQueue, type QueueRules } from './judge-queue.ts';

export interface SlotsAndQueue extends Omit<QueueRules, 'keys'> {
  /** Slots that the agent may take now. */
  slots: number;
  /** Whether a slot could be taken if all were free: no pause, no spent budget, not disabled. */
  mayStart: boolean;
  /** Whether agent or project is paused: then nothing is ended that waits. */
  isPaused: boolean;
  /** The keys of the agent's runs in flight, by run. */
  keysInFlight: { readonly [run: string]: string };
  /** Most runs that one step launches. */
  batch: number;
  /** Most queued runs that one step ends. */
  endBatch: number;
  /** Queued runs that may be kept waiting. */
  maxWorkQueueSize: number;
  /** The agent's oldest queued runs, in order of admission. */
  queue: readonly Document<Run>[];
  /** Whether these are all of them. */
  isWhole: boolean;
  /** How many of the agent's runs are queued. */
  queued: number;
}

export interface Plan {
  /** Queued runs that get a free slot, oldest first. */
  take: Document<Run>[];
  /** Queued runs that end because their key is busy. */
  skip: Document<Run>[];
  /** Queued runs whose place a later one of their key takes. */
  supersede: Document<Run>[];
  /** Runs in flight that are stopped so that a later one of their key takes their place. */
  stop: Stopping[];
  /** Queued runs beyond what may wait, once every free slot is taken (D9). */
  overflow: number;
  /** When the first of those becomes ready that wait for their time, in ms since the epoch. */
  nextReady: number | undefined;
  /** Whether another plan may come of seeing more of the queue. */
  isShort: boolean;
}

/** A run in flight, and the queued one that is to take its place. */
export interface Stopping {
  run: string;
  by: Document<Run>;
}

/** What one dispatch step does with an agent's slots and queue. Pure. */
export function planSlots(given: SlotsAndQueue): Plan {
  const { slots, batch, endBatch, queued, isWhole, isPaused, concurrency } = given;
  const judged = judgeQueue(given.queue, { ...given, keys: Object.values(given.keysInFlight) });
  const of = (standing: Judged['standing']): Document<Run>[] =>
    judged.flatMap((one) => (one.standing === standing ? [one.run] : []));
  const ready = of('ready');
  // An agent has one rule for keys that are busy: only one of these has anything in it.
  const skip = isPaused ? [] : of('skipped').slice(0, endBatch);
  const supersede = isPaused ? [] : of('superseded').slice(0, endBatch);
  const taken = Math.min(slots, ready.length);
  const endsByKey = concurrency !== null && concurrency.busy !== 'queue' && !isPaused;
  const waiting = queued - taken - skip.length - supersede.length;
  return {
    take: ready.slice(0, Math.min(slots, batch)),
    skip,
    supersede,
    stop: given.mayStart ? supersededInFlight(given, of('key_busy')) : [],
    overflow: isPaused ? 0 : Math.max(0, waiting - given.maxWorkQueueSize),
    nextReady: earliest(given.queue, given.now),
    isShort: !isWhole && (endsByKey || ready.length < Math.min(slots, batch)),
  };
}

/** The runs in flight whose place a queued one takes, which could start if it were not for them. */
function supersededInFlight(
  { concurrency, keysInFlight, now }: SlotsAndQueue,
  waiting: Document<Run>[],
): Stopping[] {
  if (concurrency?.busy !== 'cancel') return [];
  const wanted = waiting.filter((run) => !isRerun(run) && !isEarly(run.data.notBefore, now));
  const byKey = new Map(wanted.map((run) => [run.data.concurrencyKey, run]));
  return Object.entries(keysInFlight).flatMap(([run, key]) => {
    const by = byKey.get(key);
    return by ? [{ run, by }] : [];
  });
}

function earliest(queue: readonly Document<Run>[], now: number): number | undefined {
  const times = queue.flatMap(({ data: { notBefore } }) =>
    notBefore && isEarly(notBefore, now) ? [notBefore.getTime()] : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What the sharing of a project's slots rests on. */
export interface ProjectQueue {
  /** Slots of the project that are free. */
  free: number;
  /** The agents of the project's queued runs that are ready, one a run, in order of admission. */
  queue: readonly string[];
  /** Free slots of each of these agents. */
  agentFree: { readonly [agent: string]: number };
}

/**
 * How many of the project's free slots each agent may take: in order of admission over all agents, passing over those whose
 * own slots are taken, so that no agent's queue keeps another's from ever running. Pure.
 */
export function shareSlots({ free, queue, agentFree }: ProjectQueue): Map<string, number> {
  const shares = new Map<string, number>();
  let left = free;
  for (const agent of queue) {
    if (left === 0) break;
    const share = shares.get(agent) ?? 0;
    if (share >= (agentFree[agent] ?? 0)) continue;
    shares.set(agent, share + 1);
    left -= 1;
  }
  return shares;
}
