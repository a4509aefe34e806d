import type { Resources, RunCost } from '../costs/run-cost.ts';
import type { Notice } from '../notifications/notice.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import type { Reason } from './reasons.ts';
import type { RunState } from './states.ts';
import type { Trigger } from './trigger.ts';
import type { Usage } from './usage.ts';

/** Why a run is being stopped, or was: by its deadline, by somebody, or by a later run of its key. */
export type Stop = {
  reason: 'timeout' | 'killed' | 'superseded';
  /** Who asked. */
  by: string;
  /** Half a sentence. */
  why: string;
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
  /** Id of the delivery that led to it, directly or by the run that it follows; null where none did. */
  delivery: string | null;
  /** The release whose configuration this run keeps. */
  release: string;
  /** The credentials that its container gets, `type:instance`. */
  credentials: string[];
  /** Whether it gets copies of them or their home secrets themselves (D4). */
  credentialsDelivery: 'copy' | 'direct';
  /** What its container has; null: nobody said, when it was admitted. */
  resources: Resources | null;
  /** Seconds that its container may run. */
  timeout: number;
  /** What the agent is told of the event; null when none asked for it. */
  context: WebhookContext | null;
  /** What a person or another agent asks of it, or the beginning of that. */
  prompt: string | null;
  /** Bytes of all of it. What is more than `prompt` holds stands in `input/0`. */
  promptBytes: number | null;
  /** Trace that it belongs to (W3C Trace Context), 32 hex digits: that of the run which led to it. */
  trace: string;
  /** The request that asked for it, as a span of that trace (16 hex digits), where whoever sent it traces. */
  askedBy?: string;
  /** Runs of one key run one at a time. */
  concurrencyKey: string | null;
  /** It stays queued until then, although a slot is free: back-off of a retry, jitter of a schedule. */
  notBefore: Date | null;
  /** Server time of the admitting commit; the queue's order (D9). */
  admittedAt: Date;
  /** By when somebody must look at this run (D1); null when nothing is left to do. */
  dueAt: Date | null;
  lease: Lease | null;
  stop: Stop | null;
  /** Id of the run that follows it: asked for by the agent, or a retry. */
  next: string | null;
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
  /** What it returned, or the beginning of that: the document must stay a page (D11). */
  returnValue: string | null;
  /** Bytes of all of it. What is more than `returnValue` holds stands in `value/0`. */
  returnBytes: number | null;
  /** Which way it said so: by a signal, or by a line of its log, which counts only as long as there was no signal. */
  returnedBy: 'signal' | 'log' | null;
  /** ISO time at which it said so. */
  returnedAt: string | null;
  /** What its models have used so far, by its own account. Follows its log, also after its end, and stands in no journal. */
  usage: Usage | null;
  /** What it has cost, estimated; null while it is not over. What its models cost follows their usage. */
  cost: RunCost | null;
  /** What its container said last, when it failed. */
  lastLines: string[];
  rerunRequested: boolean;
  /** Whether the agent had itself shut down: nothing that is said with its secret counts any more. */
  shutDown: boolean;
  /** The run that called for it; null when no agent did. */
  calledBy: string | null;
  /** Runs that it called for, the last hundred, oldest first. */
  calls: string[];
  /** ISO time at which job and secrets were confirmed gone. */
  cleanedAt: string | null;
  /** ISO time of entering each state. */
  times: { [state: string]: string };
  timeline: { at: string; state: string; why: string }[];
  /** Number of journal entries in `events/`. */
  events: number;
  /** How many of its events are known to be on the topic: its admission, and then each journal entry. */
  published: number;
  links: { [what: string]: string };
  /** What people are told of its end; null: nothing, or it is not over. Stands in no journal. */
  notice: Notice | null;
  /** Days for which it is kept once it is over. */
  keptDays: number;
  /** When Firestore's TTL policy removes the document, some days after the sweep has; null while the run is not over. */
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

export type RunFieldValue = Exclude<Run[keyof Run], undefined>;
