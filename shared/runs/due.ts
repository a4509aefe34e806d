/** A run that nobody was told of is found by the sweep that follows, in ms: the tick comes each minute (D1). */
export const sweepMs = 60_000;

/** Longest time in ms that a running run is left to its polls before the sweep looks for itself. */
const longestLookMs = 15 * 60_000;
/** Time in ms after its deadline by which an execution must be over: Cloud Run's 10 s from SIGTERM to SIGKILL, and some. */
export const graceMs = 60_000;
/** Longest time in ms that an execution may take to stop after it was told to. */
export const stopMs = 5 * 60_000;
/** Longest time in ms that Cloud Run may take from creating a job to starting its container: large images take minutes. */
export const startMs = 15 * 60_000;

/**
 * By when the sweep must look at a run that started at `startedAt`: polls and the log sink are expected to be first, so
 * the time doubles with the run's age. All in ms since the epoch.
 */
export function runningDueAt(now: number, startedAt: number): Date {
  return new Date(now + Math.min(Math.max(2 * sweepMs, now - startedAt), longestLookMs));
}

/**
 * By when the sweep must look at a run that was told to stop at `endingAt`: when it must have stopped, it is ended, and its polls
 * may be lost. All in ms since the epoch.
 */
export function endingDueAt(now: number, endingAt: number): Date {
  const next = runningDueAt(now, endingAt).getTime();
  const latest = endingAt + stopMs + 1;
  return new Date(now < latest ? Math.min(next, latest) : next);
}

/** Longest time in ms after which it is tried again to tell how a run has ended. */
const longestUntoldMs = 2 * 60 * 60_000;

/**
 * By when the sweep must look at a run of which nothing is left but to tell how it ended, and which was cleaned up at `since`.
 * Whom it is told to may be away for days: a crowd of such runs must not keep the sweep from what it can help. All in ms since the
 * epoch.
 */
export function untoldDueAt(now: number, since: number): Date {
  return new Date(now + Math.min(Math.max(2 * sweepMs, now - since), longestUntoldMs));
}
