import type { Document, EventMessage } from '../ports/index.ts';
import type { Run, RunJournalEntry } from '../runs/run.ts';

/** Which shape {@link RunEvent} has. A field more is no other shape; one that is gone, or means something else, is. */
export const eventSchema = 1;

/** Longest part of a text that is told, in UTF-16 units: the run document has the rest. */
const longestText = 1_000;

/**
 * What happened to a run, as subscribers of `drover-events` get it: an entry of its journal, or its admission. `docs/events.md`
 * describes it field by field.
 */
export type RunEvent = {
  schema: typeof eventSchema;
  run: string;
  agent: string;
  /** Place of this event among those of its run: 0 is its admission, and no number is left out. */
  sequence: number;
  /** `admit`, or an event of the table of a run's life. */
  event: string;
  /** State before; null: there was none. */
  from: string | null;
  /** State after. */
  state: string;
  /** ISO time. */
  at: string;
  /** Half a sentence. */
  why: string;
  trigger: Run['trigger'];
  release: string;
  /** 32 hex digits (W3C Trace Context). */
  trace: string;
  /** Fields of the run document that changed with it, with their new values; dates as ISO times. */
  set: { [field: string]: unknown };
};

/** What only the control plane works with: how a launch is leased, who may speak for a run, when to look again. */
const untold: ReadonlySet<string> = new Set([
  'state',
  'lease',
  'secretHashes',
  'dueAt',
  'expireAt',
]);

/** The admission of a run: the document is the only entry of the journal that there is of it (decision 0004). */
export function admissionEvent(run: Document<Run>): RunEvent {
  const { timeline, times, concurrencyKey, notBefore, calledBy, timeout, cause } = run.data;
  // The timeline of a run that went through many launches has lost its beginning.
  const why = timeline.find(({ state }) => state === 'queued')?.why;
  return {
    ...common(run, 0),
    event: 'admit',
    from: null,
    state: 'queued',
    at: times.queued ?? '',
    why: why ?? `asked for by a ${run.data.trigger.type}`,
    ...about(run),
    set: { cause, concurrencyKey, notBefore, calledBy, timeout },
  };
}

/** An entry of a run's journal. @param sequence One more than its number in `events/`. */
export function entryEvent(run: Document<Run>, sequence: number, entry: RunJournalEntry): RunEvent {
  const { event, from, to, at, why, set } = entry;
  const told = Object.entries(set).filter(([field]) => !untold.has(field));
  return {
    ...common(run, sequence),
    event,
    from,
    state: to,
    at,
    why,
    ...about(run),
    set: Object.fromEntries(told.map(([field, value]) => [field, shortened(value)])),
  };
}

/** An event as it travels. */
export function messageOf(told: RunEvent): EventMessage {
  const { run, agent, event, state, sequence } = told;
  return {
    data: JSON.stringify(told),
    attributes: { run, agent, event, state, sequence: String(sequence) },
  };
}

function common({ id, data }: Document<Run>, sequence: number) {
  return { schema: eventSchema, run: id, agent: data.agent, sequence } as const;
}

function about({ data: { trigger, release, trace } }: Document<Run>) {
  return { trigger, release, trace };
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, longestText).toWellFormed() : value;
}
