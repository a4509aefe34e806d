import { expect } from 'vitest';
import type { Document } from '../../shared/ports/index.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import {
  holdsSlot,
  isOver,
  next,
  type RunEvent,
  type RunState,
  transitions,
} from '../../shared/runs/states.ts';
import { agentNames, type Real } from './real.ts';

/** A run as the state table has it. */
export interface ModelRun {
  state: RunState;
  /** Events that happened to it. */
  events: number;
}

/** The model of the world: where each run is in the state table. */
export interface Model {
  /** By id, in order of admission. */
  runs: Map<string, ModelRun>;
  /** Edges of the table that were seen, by all models of one test. */
  seen: Set<string>;
}

/** What a command may bring about. */
export interface Effects {
  /** Events of runs: of the one it is about, and of those that follow from it. */
  events: readonly RunEvent[];
  /** Whether somebody asks for a run. The end of one may always bring another. */
  admits?: boolean;
}

function edgeOf(state: RunState, event: RunEvent): string {
  return `${state} -> ${next(state, event)}: ${event}`;
}

/** Every edge of the table. */
export function allEdges(): string[] {
  const states = Object.keys(transitions) as RunState[];
  return states.flatMap((state) => {
    const events = Object.keys(transitions[state]) as RunEvent[];
    return events.map((event) => edgeOf(state, event));
  });
}

/** Ids of the runs to which, by the table, one of these events may happen; of none: those that are over. */
export function candidates({ runs }: Model, events: readonly RunEvent[]): string[] {
  const may = ({ state }: ModelRun): boolean =>
    events.length === 0 ? isOver(state) : events.some((event) => next(state, event) !== undefined);
  return [...runs].flatMap(([id, run]) => (may(run) ? [id] : []));
}

/**
 * Takes the model along the table to where the journals say that the world is, and holds the world to it: each entry is an edge
 * of the table from the state in which the run was, by an event that the command may bring about; the document is in the state
 * that they lead to; and just those runs have a slot whose state has one.
 */
export async function follow(model: Model, { ports }: Real, effects: Effects): Promise<void> {
  const runs = await ports.documents.query<Run>({
    collection: 'runs',
    orderBy: [['admittedAt', 'asc']],
    limit: 1_000,
  });
  const followers = new Set(runs.flatMap(({ data }) => data.next ?? []));
  for (const run of runs) {
    const known = model.runs.get(run.id) ?? { state: 'queued', events: 0 };
    if (!model.runs.has(run.id)) {
      const isAsked = effects.admits === true || followers.has(run.id);
      expect(isAsked, `${run.id} was admitted, and nobody asked for it`).toBe(true);
      model.runs.set(run.id, known);
    }
    if (run.data.events !== known.events) await walk(model, known, run, ports, effects);
    expect(run.data.state, `the state of ${run.id}`).toBe(known.state);
  }
  expect(runs).toHaveLength(model.runs.size);
  for (const agent of agentNames) {
    const own = runs.filter(({ data }) => data.agent === agent && holdsSlot(data.state));
    const state = await ports.documents.get<{ inFlight: string[] }>(`agents/${agent}`);
    const inFlight = state?.data.inFlight ?? [];
    expect(inFlight.toSorted()).toEqual(own.map(({ id }) => id).toSorted());
  }
}

/** Walks the new entries of a run's journal. */
async function walk(
  { seen }: Model,
  known: ModelRun,
  { id, path, data }: Document<Run>,
  { documents }: Real['ports'],
  effects: Effects,
): Promise<void> {
  const journal = await documents.query<RunJournalEntry>({
    collection: `${path}/events`,
    limit: 1_000,
  });
  expect(journal).toHaveLength(data.events);
  for (const entry of journal.slice(known.events)) {
    const event = entry.data.event as RunEvent;
    const said = `${id}: ${event} in ${known.state}, ${entry.data.why}`;
    expect(next(known.state, event), `${said}: the table has no such edge`).toBe(entry.data.to);
    expect(entry.data.from, said).toBe(known.state);
    expect(effects.events, `${said}: not by this command`).toContain(event);
    seen.add(edgeOf(known.state, event));
    known.state = entry.data.to as RunState;
    known.events += 1;
  }
}
