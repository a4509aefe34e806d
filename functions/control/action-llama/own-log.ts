import { z } from 'zod';
import type { Place } from '../../../shared/newest.ts';
import type { Document, Ports } from '../../../shared/ports/index.ts';
import { listRuns } from '../../../shared/runs/list.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { info, type LogEntry } from '../log-view.ts';
import { placeBefore, runPlace } from './agent-log.ts';
import type { EntryFilter } from './log-filter.ts';

/** Runs whose life a page tells. */
const toldRuns = 200;
/** How long after its time an entry may become known, in ms: its time is that of a decision, which is then committed. */
const lateMs = 10_000;
/** Entries that a place knows by name. */
const mostNamed = 100;

const time = z.int().min(0);
const name = z.string().max(80);

/** Where the log goes on: with whatever is later than `since` (ms since the epoch) and was not told. */
export const ownForward = z.object({ since: time, told: z.array(name).max(mostNamed) });
/** Where what came earlier ends: before an entry, if any, of the runs after a place in their list. */
export const ownBackward = z.object({
  after: runPlace.nullable(),
  before: z.object({ time, name }).nullable(),
});
type Forward = z.infer<typeof ownForward>;
type Backward = z.infer<typeof ownBackward>;

/** States in which something went wrong, or was not done, and the level that tells of it. */
const badly: ReadonlyMap<string, number> = new Map([
  ['failed', 50],
  ['timed_out', 50],
  ['lost', 50],
  ['killed', 40],
  ['cancelled', 40],
  ['dropped', 40],
]);

/** The last entries of the log, or those before a place, in order; and where it goes on in either direction. */
export async function readLastOwn(
  ports: Pick<Ports, 'documents'>,
  filter: EntryFilter,
  from: Backward | null,
): Promise<{ entries: LogEntry[]; on: Forward; back: Backward | null }> {
  const place = from ? from.after : placeBefore(filter);
  const { documents, next } = await listRuns(ports, {}, toldRuns, place);
  const all = ownEntries(documents);
  const wanted = filter.keep(all).filter((entry) => !from?.before || isBefore(entry, from.before));
  const entries = wanted.slice(-filter.limit);
  const [first] = entries;
  const [newest] = documents;
  let back: Backward | null = next && { after: next, before: null };
  if (first && newest && entries.length < wanted.length) {
    // Runs that begin in the meantime must not move what this page has begun with.
    const after = place ?? startingWith(newest);
    back = { after, before: { time: first.time, name: nameOf(first) } };
  }
  return { entries, on: after(all, { since: 0, told: [] }), back };
}

/** What the log has had since a place, the oldest first, and where it goes on. */
export async function readOwnSince(
  ports: Pick<Ports, 'documents'>,
  filter: EntryFilter,
  from: Forward,
): Promise<{ entries: LogEntry[]; on: Forward; more: boolean }> {
  const { documents } = await listRuns(ports, {}, toldRuns);
  const told = new Set(from.told);
  const all = ownEntries(documents).filter(({ time }) => time > from.since);
  const wanted = filter.keep(all.filter((entry) => !told.has(nameOf(entry))));
  const entries = wanted.slice(0, filter.limit);
  for (const entry of entries) told.add(nameOf(entry));
  const on = after(
    all.filter((entry) => told.has(nameOf(entry))),
    from,
  );
  return { entries, on, more: entries.length < wanted.length };
}

/** The place after what was told. */
function after(told: readonly LogEntry[], { since }: Forward): Forward {
  const last = told.at(-1)?.time ?? 0;
  const unnamed = told.at(-mostNamed - 1)?.time ?? 0;
  const from = Math.max(since, last - lateMs, unnamed);
  return { since: from, told: told.filter(({ time }) => time > from).map(nameOf) };
}

function startingWith({ data }: Document<Run>): Place {
  return { at: data.admittedAt.getTime(), id: '' };
}

/**
 * What Action Llama's scheduler would have logged: nothing here runs for long enough to have a log of its own, but each run says
 * what happened to it. In order.
 */
function ownEntries(runs: readonly Document<Run>[]): LogEntry[] {
  const entries = runs.flatMap(({ id, data: { agent, timeline } }) =>
    timeline.map(({ at, state, why }, step) => ({
      level: badly.get(state) ?? info,
      time: Date.parse(at),
      msg: `${id} ${state}: ${why}`,
      name: 'scheduler',
      instance: id,
      agent,
      step,
    })),
  );
  return entries.sort((a, b) => (isBefore(a, { time: b.time, name: nameOf(b) }) ? -1 : 1));
}

/** What tells an entry from all others: the how manieth of which run. Two of one millisecond stand in the order of their names. */
function nameOf({ instance, step }: LogEntry): string {
  return `${instance} ${String(step).padStart(4, '0')}`;
}

function isBefore(entry: LogEntry, place: { time: number; name: string }): boolean {
  return entry.time < place.time || (entry.time === place.time && nameOf(entry) < place.name);
}
