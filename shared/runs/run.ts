import type { WebhookContext } from '../webhooks/provider.ts';
import type { Reason } from './reasons.ts';
import type { RunState } from './states.ts';

/** What asked for a run. */
export type Trigger = {
  type: 'webhook';
  /** Name of the webhook source in the project. */
  source: string;
  /** Id of the delivery document. */
  delivery: string;
};

/** The right to launch a run, for a while. Work done under a lost lease is discarded by its precondition (D2, D5). */
export type Lease = {
  /** Which launch this is, from 1. */
  attempt: number;
  /** ISO time after which another dispatch may take over. */
  until: string;
};

/**
 * A run document, `runs/<id>`: the truth about one intended execution (D1) and a page for people (D11).
 * Fields that are not known yet are null.
 */
export type Run = {
  agent: string;
  state: RunState;
  /** One sentence for a reader. */
  summary: string;
  reason: Reason | null;
  trigger: Trigger;
  /** What the id was derived from, in full (D3). */
  cause: string;
  /** The release whose configuration this run keeps. */
  release: string;
  /** What the agent is told of the event. */
  context: WebhookContext;
  /** Server time of the admitting commit; the queue's order (D9). */
  admittedAt: Date;
  /** By when somebody must look at this run (D1); null when nothing is left to do. */
  dueAt: Date | null;
  lease: Lease | null;
  /** SHA-256 of each launch's run secret, hex. */
  secretHashes: string[];
  /** Name of the one execution, once it was seen. */
  execution: string | null;
  /** ISO time at which Cloud Run stops the container. */
  deadline: string | null;
  exitCode: number | null;
  signal: number | null;
  /** What the agent last said of itself. */
  status: string | null;
  returnValue: string | null;
  /** What its container said last, when it failed. */
  lastLines: string[];
  rerunRequested: boolean;
  /** ISO time at which job and secrets were confirmed gone. */
  cleanedAt: string | null;
  /** ISO time of entering each state. */
  times: { [state: string]: string };
  timeline: { at: string; state: string; why: string }[];
  /** Number of journal entries in `events/`. */
  events: number;
  links: { [what: string]: string };
  /** When Firestore's TTL policy removes the document. */
  expireAt: Date;
};

/** One journal entry, `runs/<id>/events/<n>`: written in the commit of the change it tells of. */
export type RunJournalEntry = {
  at: string;
  event: string;
  from: string;
  to: string;
  why: string;
  /** The fields that changed, with their new values. */
  set: { [field: string]: RunFieldValue };
  expireAt: Date;
};

export type RunFieldValue = Run[keyof Run];

/** Days that a finished run is kept; more than the 7 for which de-duplication needs it (D3). */
export const retentionDays = 14;
