import { cut } from '../json.ts';
import type { Document, Write } from '../ports/index.ts';
import { partExpiryOf, type Run, type RunFieldValue, type RunJournalEntry } from './run.ts';
import { isOver, next, type RunEvent, type RunState } from './states.ts';

/** One thing that happens to a run. */
export interface Change {
  event: RunEvent;
  /** Half a sentence for the timeline and the journal. */
  why: string;
  /** Fields that change with it, beside those that every change writes. */
  set?: Partial<Run>;
}

/** Longest explanation of a change, in UTF-16 units: Google's messages have no limit, the document has (D11). */
const longestWhy = 500;

/** Timeline entries kept on the document: it must stay a page (D11); the journal has them all. */
const longestTimeline = 40;

/**
 * The writes of one change: the run document, guarded by the version it was read at, and the journal entry that tells of it.
 * Both belong in one commit. Throws when the state does not allow the event: a caller asks first.
 */
export function advance(run: Document<Run>, change: Change, now: number): Write[] {
  const from = run.data.state;
  const to = next(from, change.event);
  if (to === undefined) throw new Error(`run ${run.id} is ${from}: ${change.event} is not allowed`);
  const at = new Date(now).toISOString();
  const why = cut(change.why, longestWhy);
  const set: { [field: string]: RunFieldValue } = { ...change.set, state: to };
  const timeline =
    change.event === 'note'
      ? run.data.timeline
      : [...run.data.timeline, { at, state: to, why }].slice(-longestTimeline);
  const entry: RunJournalEntry = {
    at,
    event: change.event,
    from,
    to,
    why,
    set,
    expireAt: partExpiryOf(now),
  };
  return [
    {
      op: 'update',
      path: run.path,
      version: run.version,
      fields: {
        ...set,
        summary: summary(run.data.agent, to, why),
        times: { ...run.data.times, [to]: run.data.times[to] ?? at },
        timeline,
        events: run.data.events + 1,
      },
    },
    { op: 'create', path: `${run.path}/events/${eventId(run.data.events)}`, data: entry },
  ];
}

/** Id of the journal entry with this number, so that the console lists them in order. */
export function eventId(index: number): string {
  return String(index).padStart(5, '0');
}

function summary(agent: string, state: RunState, why: string): string {
  return `${agent} ${isOver(state) ? state.replace('_', ' ') : `is ${state}`}: ${why}`;
}
