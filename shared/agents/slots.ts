import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';

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
  /** The agent's oldest runs that are queued or launching, in order of admission: enough to fill every slot. */
  open: readonly Document<Run>[];
  /** How many of the agent's runs are queued. */
  queued: number;
  /** Ms since the epoch. */
  now: number;
}

export interface Plan {
  /** Queued runs that get a free slot, oldest first. */
  take: Document<Run>[];
  /** Launching runs whose lease has run out, to be launched again. */
  takeOver: Document<Run>[];
  /** Queued runs, oldest first, that have a slot now or in the batches that follow. */
  slots: number;
  /** Queued runs beyond what may wait: the oldest of those that have no slot are dropped (D9). */
  overflow: number;
}

/** What one dispatch step does with an agent's slots and queue. Pure. */
export function planSlots(given: SlotsAndQueue): Plan {
  const { open, queued, batch, now } = given;
  const free = Math.max(0, given.scale - given.inFlight.length);
  const slots = Math.min(free, given.projectFree ?? free, queued);
  return {
    take: open.filter((run) => run.data.state === 'queued').slice(0, Math.min(slots, batch)),
    takeOver: open
      .filter((run) => run.data.state === 'launching' && isLapsed(run.data, now))
      .slice(0, batch),
    slots,
    overflow: Math.max(0, queued - slots - given.maxWorkQueueSize),
  };
}

function isLapsed({ lease }: Run, now: number): boolean {
  return lease === null || Date.parse(lease.until) <= now;
}
