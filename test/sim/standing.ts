import type { Concurrency, Project } from '../../shared/projects/project.ts';
import type { WebhookContext } from '../../shared/webhooks/provider.ts';
import type { Entry, Ledger } from './ledger.ts';

/** Runs of an agent at one time; one that was removed works off its queue one by one. */
export function scaleOf({ agents }: Project, agent: string): number {
  return agents[agent]?.scale ?? 1;
}

/** Whether a run was admitted before another; those of one millisecond are concurrent (decision 0002). */
export function isBefore(one: Entry, other: Entry): boolean {
  return one.data.admittedAt.getTime() < other.data.admittedAt.getTime();
}

/** Whether a run was queued at some time since `since`, ms since the epoch. */
export function wasQueued({ leftQueueAt }: Entry, since: number): boolean {
  return leftQueueAt >= since;
}

export function isRerun({ data }: Entry): boolean {
  return data.trigger.type === 'rerun';
}

/** The key that a run of an agent gets for an event, as its configuration says. */
export function keyOf(
  concurrency: Concurrency | null,
  context: WebhookContext | null,
): string | null {
  if (!concurrency) return null;
  const { key } = concurrency;
  if (key === '{number}') return context?.number === undefined ? null : String(context.number);
  return key;
}

/** Those that a queued run may have to wait for because of their key, as it was at some time since `since`. */
export function inItsWay(
  ledger: Ledger,
  run: Entry,
  { busy }: Pick<Concurrency, 'busy'>,
  since: number,
  launchedNow: ReadonlySet<Entry> = new Set(),
): Entry[] {
  return ledger.sameKey(run).filter((other) => {
    if (ledger.isInFlight(other) && !launchedNow.has(other)) return true;
    if (!wasQueued(other, since)) return false;
    if (!isBefore(run, other)) return true;
    return busy === 'cancel' && takesPlaceOf(other, run);
  });
}

/** Whether a run may take the place of another of its key: the later one does, and a rerun belongs to an event that came earlier. */
export function takesPlaceOf(one: Entry, other: Entry): boolean {
  return isRerun(one) === isRerun(other) ? !isBefore(one, other) : isRerun(other);
}

/** The day of a time, ms since the epoch, on the calendar of a zone of {@link zones}: `2026-03-01`. */
export function dayIn(zone: string, time: number): string {
  const ahead = zones[zone as keyof typeof zones] ?? 0;
  return new Date(time + ahead * 60_000).toISOString().slice(0, 10);
}

/** Time zones that the simulation knows, and how many minutes their clocks are ahead in the month that it plays in. */
export const zones = {
  UTC: 0,
  'Europe/Berlin': 60,
  'Asia/Kathmandu': 345,
} as const;
