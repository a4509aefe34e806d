import type { Document, Write } from '../ports/index.ts';

/** What lists the runs that have a slot: an agent's state, and the project's when its release limits them (D9). */
export type SlotList = {
  /** Ids of the runs that have a slot, oldest first. */
  inFlight: string[];
};

/** The write that takes back the slots of `runs`, where they have any. */
export function releaseSlots(
  list: Document<SlotList> | undefined,
  runs: readonly string[],
): Write[] {
  if (!list?.data.inFlight.some((id) => runs.includes(id))) return [];
  const inFlight = list.data.inFlight.filter((id) => !runs.includes(id));
  return [{ op: 'update', path: list.path, version: list.version, fields: { inFlight } }];
}
