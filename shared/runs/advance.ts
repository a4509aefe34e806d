import { cut } from '../json.ts';
import type { Notice } from '../notifications/notice.ts';
import type { Document, Version, Write } from '../ports/index.ts';
import { partExpiryOf } from '../retention/days.ts';
import { fits, pageOf } from './reasons.ts';
import type { Run, RunFieldValue, RunJournalEntry } from './run.ts';
import { isOver, next, type RunEvent, type RunState } from './states.ts';

/** One thing that happens to a run. */
export interface Change {
  event: RunEvent;
  /** Half a sentence for the timeline and the journal. */
  why: string;
  /** Fields that change with it, beside those that every change writes. */
  set?: Partial<Run>;
  /** How many of the run's events are known to be published, where that is known: it stands in no journal. */
  published?: number;
  /** What people are to be told of it: it stands in no journal. */
  notice?: Notice;
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
  const set: { [field: string]: RunFieldValue } = {
    ...change.set,
    state: to,
    ...(isOver(to) && { links: linksOfEnd(run, change, to) }),
  };
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
    expireAt: partExpiryOf(now, run.data.keptDays),
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
        ...(change.published !== undefined && { published: change.published }),
        ...(change.notice && { notice: change.notice }),
      },
    },
    { op: 'create', path: `${run.path}/events/${eventId(run.data.events)}`, data: entry },
  ];
}

/** Where its reader learns what its reason means, beside all else. A run never ends without one (D11). */
function linksOfEnd(run: Document<Run>, { set }: Change, to: RunState): Run['links'] {
  const reason = set?.reason;
  if (!fits(reason, to))
    throw new Error(`run ${run.id} cannot be ${to} for ${reason ?? 'nothing'}`);
  return { ...(set?.links ?? run.data.links), reason: pageOf(reason) };
}

/** A run as a commit leaves it. @param versions What the commit answered, in the order of its `writes`. */
export function advanced(
  run: Document<Run>,
  writes: readonly Write[],
  versions: readonly Version[],
): Document<Run> {
  const place = writes.findIndex((write) => write.op === 'update' && write.path === run.path);
  const own = writes[place];
  const fields = own?.op === 'update' ? (own.fields as Partial<Run>) : {};
  const version = versions[place] ?? run.version;
  return { ...run, version, data: { ...run.data, ...fields } };
}

/** Id of the journal entry with this number, so that the console lists them in order. */
export function eventId(index: number): string {
  return String(index).padStart(5, '0');
}

function summary(agent: string, state: RunState, why: string): string {
  return `${agent} ${isOver(state) ? state.replace('_', ' ') : `is ${state}`}: ${why}`;
}
