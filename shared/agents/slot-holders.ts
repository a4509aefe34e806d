import type { Document, Write } from '../ports/index.ts';

/** What keeps slots: an agent's state, and the project's when its release limits them (D9). */
export type SlotHolder = {
  /** Ids of the runs that have a slot, oldest first. */
  inFlight: string[];
};

/** `agents/<name>`: what is in flight of one agent. */
export type AgentState = SlotHolder;

export function agentPath(agent: string): string {
  return `agents/${agent}`;
}

/** The write that gives `runs` a slot. */
export function takeSlots(holder: Document<SlotHolder>, runs: readonly string[]): Write {
  const { path, version, data } = holder;
  return { op: 'update', path, version, fields: { inFlight: [...data.inFlight, ...runs] } };
}

/** The write that takes a run's slot back, if it has one. */
export function releaseSlot(holder: Document<SlotHolder> | undefined, runId: string): Write[] {
  if (!holder?.data.inFlight.includes(runId)) return [];
  const inFlight = holder.data.inFlight.filter((id) => id !== runId);
  return [{ op: 'update', path: holder.path, version: holder.version, fields: { inFlight } }];
}
