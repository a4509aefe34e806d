import type { DayCosts } from '../costs/day-costs.ts';
import type { Document, Ports, SERVER_TIME, Write } from '../ports/index.ts';
import { type Current, currentPath } from '../projects/release.ts';
import type { SlotList } from './slot-list.ts';

/** That triggers are admitted and wait (D10): since when, on whose word, and why. */
export type Pause = {
  /** ISO time. */
  at: string;
  by: string;
  why: string;
};

/** A pause as half a sentence about `what` it holds. */
export function saidOfPause(what: string, { at, by, why }: Pause): string {
  return `${what} is paused since ${at} by ${by}${why === '' ? '' : `: ${why}`}`;
}

/** `agents/<name>`: what is so of one agent now, whatever its release says. */
export type AgentState = SlotList & {
  /** The concurrency key of each run in flight that has one. */
  keys: { [run: string]: string };
  /** How many of its runs its queue could not hold so far. */
  dropped: number;
  /** How many of its queued runs ended for their key so far. Firestore takes a write of nothing new for none: this is new. */
  gaveWay: number;
  paused: Pause | null;
  /** What was admitted until then is not counted against the size of the queue: it was held, and must not be lost. */
  resumedAt: Date | null;
  /** Failures in a row. */
  failures: number;
  /** What it has used of its day. */
  spend: Spend;
  /** What its runs have come to, by the day on which they ended: the last two months. */
  days: DayCosts;
  /** How far its schedule was looked at; null before the first look. */
  schedule: ScheduleState | null;
  /** When it may launch its next run, while a quota slows the project down; null where it has no such time. */
  launchAt: Date | null;
};

/** What an agent has used of a day. */
export type Spend = {
  /** The day in the project's time zone, `2026-03-01`. */
  day: string;
  /** Runs that got a slot. */
  runs: number;
  /** Seconds that its containers ran. */
  seconds: number;
  /** US dollars that its runs have come to, estimated. */
  dollars: number;
  /** Whether people were told that its budget of the day is used up. */
  told?: boolean;
};

/** How far a schedule was looked at. */
export type ScheduleState = {
  /** The schedule it was, as text: another one begins anew. */
  pattern: string;
  /** ISO time up to which every minute was looked at. */
  until: string;
  /** Minutes that were due and that nothing runs for, so far. */
  missed: number;
};

/** The state of an agent that nothing has happened to. */
export const fresh: AgentState = {
  inFlight: [],
  keys: {},
  dropped: 0,
  gaveWay: 0,
  paused: null,
  resumedAt: null,
  failures: 0,
  spend: { day: '', runs: 0, seconds: 0, dollars: 0 },
  days: {},
  schedule: null,
  launchAt: null,
};

export function agentPath(agent: string): string {
  return `agents/${agent}`;
}

/** The state of an agent as it was read; one that nothing was written of yet has none of its own. */
export interface ReadAgent {
  agent: string;
  document: Document<AgentState> | undefined;
  data: AgentState;
}

export async function readAgentState(
  { documents }: Pick<Ports, 'documents'>,
  agent: string,
): Promise<ReadAgent> {
  const document = await documents.get<AgentState>(agentPath(agent));
  // What an older Drover wrote has no dollars.
  const spend = { ...fresh.spend, ...document?.data.spend };
  return { agent, document, data: { ...fresh, ...document?.data, spend } };
}

/** Fields of an agent's state as they are written. */
export type AgentFields = {
  [K in keyof AgentState]?: AgentState[K] | (K extends 'resumedAt' ? typeof SERVER_TIME : never);
};

/** The write that changes the state of an agent as it was read. */
export function writeAgentState({ agent, document }: ReadAgent, fields: AgentFields): Write {
  const path = agentPath(agent);
  if (!document) return { op: 'create', path, data: { ...fresh, ...fields } };
  return { op: 'update', path, version: document.version, fields };
}

/** The keys of an agent's runs in flight. One whose slot was taken back otherwise holds nothing. */
export function keysInFlight({ inFlight, keys }: AgentState): { [run: string]: string } {
  const held = inFlight.flatMap((id) => (keys[id] === undefined ? [] : [[id, keys[id]]]));
  return Object.fromEntries(held);
}

/**
 * The writes that take back the slots and the keys of `runs`, where they have any, and change `extra` of their agent's state:
 * part of the commit that ends them (D6).
 */
export function releaseAgent(
  state: ReadAgent,
  runs: readonly string[],
  extra: AgentFields = {},
): Write[] {
  const holds = state.data.inFlight.some((id) => runs.includes(id));
  if (!holds && Object.keys(extra).length === 0) return [];
  const inFlight = state.data.inFlight.filter((id) => !runs.includes(id));
  const keys = keysInFlight({ ...state.data, inFlight });
  return [writeAgentState(state, { ...extra, inFlight, keys })];
}

/** The project's own state; undefined before the first publication. */
export async function readCurrent({
  documents,
}: Pick<Ports, 'documents'>): Promise<Document<Current> | undefined> {
  const document = await documents.get<Current>(currentPath);
  if (!document) return undefined;
  const { paused = null, resumedAt = null, pace = null } = document.data as Partial<Current>;
  return { ...document, data: { ...document.data, paused, resumedAt, pace } };
}
