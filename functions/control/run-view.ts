import { z } from '@hono/zod-openapi';
import { topicNames } from '../../shared/notifications/topics.ts';
import type { Document } from '../../shared/ports/index.ts';
import { type Reason, reasons } from '../../shared/runs/reasons.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { isOver, type RunState, transitions } from '../../shared/runs/states.ts';
import type { Trigger } from '../../shared/runs/trigger.ts';
import { iso } from './parts.ts';

const stateNames = Object.keys(transitions) as RunState[];
const reasonNames = Object.keys(reasons) as Reason[];
const triggerTypes: { readonly [type in Trigger['type']]: true } = {
  webhook: true,
  replay: true,
  schedule: true,
  manual: true,
  call: true,
  rerun: true,
};

export const state = z.enum(stateNames);
export const reason = z.enum(reasonNames);
export const triggerType = z.enum(Object.keys(triggerTypes) as Trigger['type'][]);

const nullableText = z.string().nullable();
const nullableTime = z.iso.datetime().nullable();

/** A run in a list. */
export const runRow = z
  .object({
    id: z.string(),
    agent: z.string(),
    state,
    summary: z.string(),
    reason: reason.nullable(),
    trigger: z.looseObject({ type: triggerType }),
    admittedAt: z.iso.datetime(),
    startedAt: nullableTime,
    endedAt: nullableTime,
    exitCode: z.number().nullable(),
    status: nullableText,
    next: nullableText,
  })
  .openapi('RunRow');

/** What its models have used so far, by the agent's own account. */
const usage = z
  .object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    cacheReadTokens: z.number(),
    cacheWriteTokens: z.number(),
    totalTokens: z.number(),
    cost: z.number().openapi({ description: 'US dollars.' }),
    turns: z.number(),
    at: z.string(),
  })
  .openapi('Usage');

/** What it has cost, estimated at its end. */
const cost = z
  .object({
    compute: z.number(),
    controlPlane: z.number(),
    models: z.number().openapi({ description: 'By the account of the agent.' }),
    total: z.number(),
    day: nullableText.openapi({ description: 'The day in whose sums it stands.' }),
    prices: z.string().openapi({ description: 'The date of the prices.' }),
  })
  .openapi('RunCost');

/** What its container has. */
const resources = z
  .object({ cpus: z.string(), memory: z.string(), region: z.string().optional() })
  .openapi('Resources');

/** What people are told of its end, and how far that has come. */
const notice = z
  .object({
    about: z.array(z.enum(topicNames)),
    state: z.enum(['due', 'sent', 'given_up']),
    attempts: z.number(),
    nextAt: z.iso.datetime().openapi({ description: 'Not tried before that.' }),
    error: nullableText,
  })
  .openapi('Notice');

/** A run as a page for people. */
export const runPage = runRow
  .extend({
    release: z.string(),
    context: z.record(z.string(), z.unknown()).nullable(),
    prompt: nullableText,
    promptBytes: z.number().nullable(),
    trace: z.string(),
    concurrencyKey: nullableText,
    notBefore: nullableTime,
    dueAt: nullableTime,
    credentials: z.array(z.string()),
    timeout: z.number(),
    stop: z.object({ reason: z.string(), by: z.string(), why: z.string() }).nullable(),
    execution: nullableText,
    deadline: nullableTime,
    signal: z.number().nullable(),
    returnValue: nullableText,
    returnBytes: z.number().nullable(),
    returnedBy: z.enum(['signal', 'log']).nullable(),
    returnedAt: nullableText,
    usage: usage.nullable(),
    cost: cost.nullable().openapi({ description: 'US dollars; null while it is not over.' }),
    resources: resources.nullable(),
    calledBy: nullableText,
    calls: z.array(z.string()),
    lastLines: z.array(z.string()),
    rerunRequested: z.boolean(),
    cleanedAt: nullableTime,
    notice: notice.nullable(),
    timeline: z.array(z.object({ at: z.string(), state: z.string(), why: z.string() })),
    links: z.record(z.string(), z.string()),
  })
  .openapi('Run');

/** One thing that happened to a run. */
export const journalEntry = z
  .object({
    at: z.string(),
    event: z.string(),
    from: z.string(),
    to: z.string(),
    why: z.string(),
    set: z.record(z.string(), z.unknown()),
  })
  .openapi('JournalEntry');

export function rowOf({ id, data }: Document<Run>): z.infer<typeof runRow> {
  const { agent, state, summary, reason, trigger, exitCode, status, next } = data;
  return {
    id,
    agent,
    state,
    summary,
    reason,
    trigger: { ...trigger },
    admittedAt: data.admittedAt.toISOString(),
    startedAt: data.times.running ?? null,
    endedAt: isOver(state) ? (data.times[state] ?? null) : null,
    exitCode,
    status,
    next,
  };
}

/** What an older Drover wrote has none. */
function noticeOf({ notice }: Partial<Run>): z.infer<typeof runPage>['notice'] {
  return notice ? { ...notice, nextAt: notice.nextAt.toISOString() } : null;
}

export function pageOf(run: Document<Run>): z.infer<typeof runPage> {
  const { data } = run;
  return {
    ...rowOf(run),
    release: data.release,
    context: data.context && { ...data.context },
    prompt: data.prompt,
    promptBytes: data.promptBytes,
    trace: data.trace,
    concurrencyKey: data.concurrencyKey,
    notBefore: iso(data.notBefore),
    dueAt: iso(data.dueAt),
    credentials: data.credentials,
    timeout: data.timeout,
    stop: data.stop,
    execution: data.execution,
    deadline: data.deadline,
    signal: data.signal,
    returnValue: data.returnValue,
    returnBytes: data.returnBytes,
    returnedBy: data.returnedBy,
    returnedAt: data.returnedAt,
    usage: data.usage,
    // A run that was admitted by an older Drover has neither.
    cost: data.cost ?? null,
    resources: data.resources ?? null,
    calledBy: data.calledBy,
    calls: data.calls,
    lastLines: data.lastLines,
    rerunRequested: data.rerunRequested,
    cleanedAt: data.cleanedAt,
    notice: noticeOf(data),
    timeline: data.timeline,
    links: data.links,
  };
}

/** A journal entry for readers: without the hashes of secrets, which are nobody's business. */
export function entryOf({ data }: Document<RunJournalEntry>): z.infer<typeof journalEntry> {
  const { at, event, from, to, why } = data;
  const { secretHashes: _hashes, ...set } = data.set;
  return { at, event, from, to, why, set };
}
