import { z } from 'zod';
import { type Place, placeOf } from '../../../shared/newest.ts';
import type { Document, Ports } from '../../../shared/ports/index.ts';
import { listRuns } from '../../../shared/runs/list.ts';
import { type LogPlace, logStart, readLogPage } from '../../../shared/runs/read-log.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { isOver } from '../../../shared/runs/states.ts';
import { entryOf, type LogEntry } from '../log-view.ts';
import { runId } from '../parts.ts';
import { type EntryFilter, lineFilter } from './log-filter.ts';

/** Runs whose logs one page looks at, at most. */
const mostRuns = 50;
/** Runs that may begin between two pages. */
const mostNew = 100;
/** Runs that a place names, at most: it travels in an address, and Node takes 16 KiB of those with all headers. */
const mostKept = 50;
/** How long after its end a run's log may still grow, in ms. */
const settleMs = 60_000;

const id = z.string().regex(/^[\w.:-]{0,500}$/);
const whole = z.int().min(0);
const logPlace = z.object({ chunk: id, line: whole });
const ms = whole.max(Date.UTC(9_999, 0));
/** A place in a list of runs. */
export const runPlace = z.object({ at: ms, id });

/** Where the log of an agent goes on: in each run that may still say something, and in runs that came after. */
export const forward = z.object({
  since: ms,
  runs: z.array(z.object({ run: runId, at: logPlace })).max(mostNew),
});
/** Where what came earlier ends: in a run, or before it. */
export const backward = z.object({
  after: runPlace,
  /** The run that it ends in; null where it ends between two. */
  within: z.object({ run: runId, before: logPlace }).nullable(),
});
export type Forward = z.infer<typeof forward>;
export type Backward = z.infer<typeof backward>;

/** Some entries of an agent's log, in order. */
export interface AgentLog {
  entries: LogEntry[];
  on: Forward;
  /** Null at the beginning. */
  back: Backward | null;
  more: boolean;
}

/** The last entries of an agent's runs, or those before a place: runs are read from the newest on until there are enough. */
export async function readLast(
  ports: Pick<Ports, 'documents' | 'clock'>,
  agent: string,
  filter: EntryFilter,
  from: Backward | null,
): Promise<AgentLog> {
  const entries: LogEntry[] = [];
  const runs: Forward['runs'] = [];
  const found = await runsBefore(ports, agent, from, filter);
  const [newest] = found.runs;
  const since = newest?.data.admittedAt.getTime() ?? filter.until ?? 0;
  // A run that is told from its beginning by whoever goes on, or that may still say something.
  const goesOn = ({ data }: Document<Run>): boolean =>
    data.admittedAt.getTime() >= since || mayGrow(data, ports.clock.now());
  const told = new Set<string>();
  let back: Backward | null = null;
  for (const run of found.runs) {
    const before = from?.within?.run === run.id ? from.within.before : undefined;
    const page = await readLogPage(ports, run.id, {
      limit: filter.limit - entries.length,
      keep: lineFilter(filter, agent, run.id),
      ...(before ? { from: { before } } : {}),
    });
    entries.unshift(...page.lines.map((line) => entryOf(line, agent, run.id)));
    told.add(run.id);
    if (goesOn(run)) runs.push({ run: run.id, at: page.end ?? logStart });
    const after = placeOf(run, 'admittedAt');
    back = { after, within: page.start && { run: run.id, before: page.start } };
    if (page.start || entries.length >= filter.limit) break;
  }
  // Nobody goes on from a page that was reached by going back.
  const untold = from ? [] : found.runs.filter((run) => !told.has(run.id) && goesOn(run));
  for (const run of untold) {
    const { end } = await readLogPage(ports, run.id, { limit: 1 });
    runs.push({ run: run.id, at: end ?? logStart });
  }
  const isLast = back?.within === null && back.after.id === found.runs.at(-1)?.id;
  const isAll = isLast && found.isAll;
  return { entries: sorted(entries), on: { since, runs }, back: isAll ? null : back, more: false };
}

async function runsBefore(
  ports: Pick<Ports, 'documents'>,
  agent: string,
  from: Backward | null,
  filter: EntryFilter,
): Promise<{ runs: Document<Run>[]; isAll: boolean }> {
  const begun = from?.within
    ? await ports.documents.get<Run>(`runs/${from.within.run}`)
    : undefined;
  const place: Place | null = from?.after ?? placeBefore(filter);
  const { documents, next } = await listRuns(ports, { agent }, mostRuns, place);
  const first = begun?.data.agent === agent ? [begun] : [];
  return { runs: [...first, ...documents], isAll: next === null };
}

/** Where the runs begin that may have said what is wanted; null: at the newest. */
export function placeBefore({ until }: Pick<EntryFilter, 'until'>): Place | null {
  return until === undefined ? null : { at: until, id: '' };
}

/** What an agent's runs have said since a place. */
export async function readSince(
  ports: Pick<Ports, 'documents' | 'clock'>,
  agent: string,
  filter: EntryFilter,
  { since, runs }: Forward,
): Promise<AgentLog> {
  const places = new Map(runs.map(({ run, at }) => [run, at]));
  const newer = await listRuns(ports, { agent, since }, mostNew);
  const older = await Promise.all(
    runs
      .filter(({ run }) => !newer.documents.some(({ id }) => id === run))
      .map(({ run }) => ports.documents.get<Run>(`runs/${run}`)),
  );
  const all = [...older.flatMap((run) => run ?? []), ...newer.documents];
  const entries: LogEntry[] = [];
  const on: Forward = { since, runs: [] };
  let more = false;
  for (const run of all.filter(({ data }) => data.agent === agent)) {
    const after: LogPlace = places.get(run.id) ?? logStart;
    const limit = filter.limit - entries.length;
    // A full page: what is left of the runs is read by the next one.
    const page =
      limit > 0
        ? await readLogPage(ports, run.id, {
            limit,
            from: { after },
            keep: lineFilter(filter, agent, run.id),
          })
        : { lines: [], end: after, more: true };
    entries.push(...page.lines.map((line) => entryOf(line, agent, run.id)));
    const admittedAt = run.data.admittedAt.getTime();
    on.since = Math.max(on.since, admittedAt);
    more ||= page.more;
    if (page.more || admittedAt >= since || mayGrow(run.data, ports.clock.now())) {
      on.runs.push({ run: run.id, at: page.end ?? after });
    }
  }
  on.runs = on.runs.slice(-mostKept);
  return { entries: sorted(entries), on, back: null, more };
}

function mayGrow({ state, times }: Run, now: number): boolean {
  return !isOver(state) || now - Date.parse(times[state] ?? '') < settleMs;
}

function sorted(entries: readonly LogEntry[]): LogEntry[] {
  return entries.toSorted((a, b) => a.time - b.time);
}
