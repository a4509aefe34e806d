import type { ExecutionRecord } from './types.ts';

/** Google's grace between SIGTERM and SIGKILL (Cloud Run documentation, container contract). */
const usualGraceMs = 10_000;

/** When something is to be done about an execution, in ms since the epoch: it is started, or sent a signal. */
export function dueAt(
  { phase, stop, attemptStartedAt = 0, template }: ExecutionRecord,
  now: number,
  graceMs = usualGraceMs,
): number | undefined {
  if (phase === 'pending') return now;
  if (phase !== 'running' || stop?.killed) return undefined;
  if (!stop) return attemptStartedAt + template.timeoutSeconds * 1000;
  return stop.termAt === undefined ? now : stop.termAt + graceMs;
}
