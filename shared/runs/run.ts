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
  /** Which launch this is, from 1: no two leases of a run have the same. */
  attempt: number;
  /** How many launches before it failed for another reason than a quota. */
  failures: number;
  /** ISO time after which another dispatch may take over. */
  until: string;
  /** Whether its holder gave it back, to be tried again at `until`. */
  givenBack: boolean;
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
  /** The credentials that its container gets, `type:instance`. */
  credentials: string[];
  /** Seconds that its container may run. */
  timeout: number;
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
  /** ISO time by which the container will have been stopped, if it started when its execution did. */
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
  /** When Firestore's TTL policy removes the document; null while the run is not over. */
  expireAt: Date | null;
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

const dayMs = 86_400_000;

/** When a run that is over now, or a delivery, may go: after more than the 7 days for which de-duplication needs it (D3). */
export function expiryOf(now: number): Date {
  return new Date(now + 14 * dayMs);
}

/**
 * When a part of a run may go, a journal entry or a chunk of its log: not before the run itself, whose longest life is seven
 * days (Cloud Run's longest task) and whatever it waited.
 */
export function partExpiryOf(now: number): Date {
  return new Date(now + 60 * dayMs);
}
