import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';

/** `agents/<name>`: what is in flight of one agent (D9). */
export type AgentState = {
  /** Ids of the runs that have a slot, oldest first. */
  inFlight: string[];
};

export interface SlotsAndQueue {
  /** Runs of the agent at one time. */
  scale: number;
  /** Runs of the project at one time that are still free; null: no limit. */
  projectFree: number | null;
  inFlight: readonly string[];
  /** Most runs that one step launches. */
  batch: number;
  /** Queued runs that may be kept waiting. */
  maxWorkQueueSize: number;
  /** The agent's runs that are queued or launching, in order of admission. */
  open: readonly Document<Run>[];
  /** Ms since the epoch. */
  now: number;
}

export interface Plan {
  /** Queued runs that get a free slot, oldest first. */
  take: Document<Run>[];
  /** Launching runs whose lease has run out, to be launched again. */
  takeOver: Document<Run>[];
  /** Queued runs beyond what may wait: the oldest of those left (D9). */
  drop: Document<Run>[];
}

/** What one dispatch step does with an agent's slots and queue. Pure. */
export function planSlots(given: SlotsAndQueue): Plan {
  const queued = given.open.filter((run) => run.data.state === 'queued');
  const free = Math.max(0, given.scale - given.inFlight.length);
  const taken = Math.min(free, given.projectFree ?? free, queued.length);
  const waiting = queued.slice(taken);
  const overflow = Math.max(0, waiting.length - given.maxWorkQueueSize);
  return {
    take: queued.slice(0, Math.min(taken, given.batch)),
    takeOver: given.open
      .filter((run) => run.data.state === 'launching' && isLapsed(run.data, given.now))
      .slice(0, given.batch),
    drop: waiting.slice(0, overflow),
  };
}

function isLapsed({ lease }: Run, now: number): boolean {
  return lease === null || Date.parse(lease.until) <= now;
}
