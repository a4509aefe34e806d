import type { Document } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';

export interface SlotsAndQueue {
  /** Runs of the agent at one time. */
  scale: number;
  /** Slots of the project that this agent may take; null: no limit. */
  share: number | null;
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
  /** Queued runs beyond what may wait, once every free slot is taken (D9). */
  overflow: number;
}

/** What one dispatch step does with an agent's slots and queue. Pure. */
export function planSlots(given: SlotsAndQueue): Plan {
  const { open, queued, batch, now } = given;
  const free = Math.max(0, given.scale - given.inFlight.length);
  const slots = Math.min(free, given.share ?? free, queued);
  return {
    take: open.filter(({ data }) => data.state === 'queued').slice(0, Math.min(slots, batch)),
    takeOver: open
      .filter(({ data }) => data.state === 'launching' && isLapsed(data, now))
      .slice(0, batch),
    overflow: Math.max(0, queued - slots - given.maxWorkQueueSize),
  };
}

function isLapsed({ lease }: Run, now: number): boolean {
  return lease === null || Date.parse(lease.until) <= now;
}

/** What the sharing of a project's slots rests on. */
export interface ProjectQueue {
  /** Slots of the project that are free. */
  free: number;
  /** The agents of the project's queued runs, one a run, in order of admission. */
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
