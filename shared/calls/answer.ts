import type { Document, Found, Ports, Write } from '../ports/index.ts';
import { ttlOf } from '../retention/days.ts';
import type { Run } from '../runs/run.ts';
import { originOf } from '../runs/trigger.ts';
import { type Call, callErrors, callPath, isLate } from './call.ts';

/** A call that waits for its answer, and whether it has waited for too long. */
export interface OpenCall extends Document<Call> {
  isLate: boolean;
}

/** The call that a run is to answer; undefined where there is none, or it has its answer. An answer is for ever. */
export async function callToAnswer(
  { documents }: Pick<Ports, 'documents'>,
  { data }: Document<Run>,
): Promise<OpenCall | undefined> {
  const origin = originOf(data.trigger);
  if (origin.type !== 'call' || origin.call === null) return undefined;
  const call: Found<Call> | undefined = await documents.get<Call>(callPath(origin.call));
  if (call?.data.state !== 'pending') return undefined;
  return { ...call, isLate: isLate(call.data, call.readAt) };
}

/** The write that answers a call with what its run returned; where it comes too late, with that. */
export function complete(call: OpenCall, { data }: Document<Run>, now: number): Write {
  if (call.isLate) return answerError(call, callErrors.late, now);
  const { returnValue, returnBytes } = data;
  return update(call, {
    state: 'completed',
    summary: summaryOf(call.data, 'has its answer'),
    returnValue,
    returnBytes,
    expireAt: expiryOf(call.data, now),
  });
}

/** The write that answers a call with why it came to nothing. */
export function answerError(
  call: Document<Call> & Partial<OpenCall>,
  why: string,
  now: number,
): Write {
  const error = call.isLate ? callErrors.late : why;
  return update(call, {
    state: 'error',
    summary: summaryOf(call.data, `came to nothing: ${error}`),
    error,
    expireAt: expiryOf(call.data, now),
  });
}

/** The write that leaves the answer to the run that follows one which failed. */
export function handOver(call: OpenCall, next: string): Write {
  const summary = summaryOf(call.data, `waits for ${next}, which tries again`);
  return update(call, { run: next, summary });
}

/**
 * The writes that answer the calls of queued runs which will never start, by what becomes of them; they belong into the commit of
 * that. Reads nothing for runs that no agent called.
 */
export async function answerUnstarted(
  ports: Pick<Ports, 'documents'>,
  runs: readonly Document<Run>[],
  error: string,
  now: number,
): Promise<Write[]> {
  const calls = await Promise.all(runs.map((run) => callToAnswer(ports, run)));
  return calls.flatMap((call) => (call ? [answerError(call, error, now)] : []));
}

/** A call as one sentence. */
export function summaryOf({ caller, agent }: Pick<Call, 'caller' | 'agent'>, what: string): string {
  return `the call of ${agent} by ${caller} ${what}`;
}

function update({ path, version }: Document<Call>, fields: Partial<Call>): Write {
  return { op: 'update', path, version, fields };
}

/** A call is kept as long after its answer as its caller is after its end. */
function expiryOf({ keptDays }: Pick<Call, 'keptDays'>, now: number): Date {
  return ttlOf(now, keptDays);
}
