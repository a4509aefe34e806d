import type { Document, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';

/** Runs whose events an instance remembers to have published; what it forgets is published again. */
const mostRemembered = 10_000;

/**
 * What each instance knows of what it has published itself: how many of a run's events are confirmed. The run document learns of
 * it with a commit that is made anyway, and until then this keeps every poll from publishing the same again. An instance has its
 * ports for as long as it lasts.
 */
const remembered = new WeakMap<Pick<Ports, 'events'>, Map<string, number>>();

/** How many events of a run there are: its admission, and each entry of its journal. */
export function eventsOf({ data }: Document<Run>): number {
  return data.events + 1;
}

/** How many events of a run Pub/Sub is known to have, by its document or by this instance. */
export function confirmed(ports: Pick<Ports, 'events'>, { id, data }: Document<Run>): number {
  // Runs that an earlier Drover admitted do not have the field.
  return Math.max(data.published ?? 0, remembered.get(ports)?.get(id) ?? 0);
}

/** Remembers that Pub/Sub has the first `count` events of a run. */
export function confirm(ports: Pick<Ports, 'events'>, runId: string, count: number): void {
  const known = remembered.get(ports) ?? new Map<string, number>();
  remembered.set(ports, known);
  const before = known.get(runId) ?? 0;
  // What was said last is remembered longest.
  known.delete(runId);
  known.set(runId, Math.max(before, count));
  const [oldest] = known.keys();
  if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
}
