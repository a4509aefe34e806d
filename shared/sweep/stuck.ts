import { logLines } from '../log-lines.ts';
import type { Document, Ports } from '../ports/index.ts';
import { graceMs, startMs, stopMs } from '../runs/due.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';

const minuteMs = 60_000;
/** How long the polls and the sweep have, in ms, to do what is due before a person is told. */
const patienceMs = 20 * minuteMs;
/** A launch that quotas send back is tried for a day; a person who is told after this can have the quota raised. */
const launchingMs = 120 * minuteMs;
/** After its end: job and secrets are deleted within minutes, and what could not be told of it is told again. */
const overMs = 60 * minuteMs;
/** Ids that one line names. */
const mostNamed = 10;

/**
 * Whether a run has not come on for so long that a person should look: it is launching for hours, outlived its deadline, was told
 * to stop and did not, or is over and something is left to do for it. A queued run is never stuck: it waits. `now` in ms since
 * the epoch.
 */
export function isStuck({ state, times, deadline, notice }: Run, now: number): boolean {
  if (state === 'queued') return false;
  const since = now - (Date.parse(times[state] ?? '') || now);
  if (state === 'launching') return since > launchingMs;
  if (state === 'ending') return since > stopMs + patienceMs;
  // That people could not be told of it is told by itself, once it is given up.
  if (isOver(state)) return since > overMs && notice?.state !== 'due';
  // Its container may start as late as Cloud Run may take, and has its whole time then.
  return now > (Date.parse(deadline ?? '') || now) + startMs + graceMs + patienceMs;
}

/** Says which of the runs that are due are stuck, so that somebody is told. */
export function tellStuck({ log }: Pick<Ports, 'log'>, due: readonly Document<Run>[], now: number) {
  const stuck = due.filter(({ data }) => isStuck(data, now)).map(({ id }) => id);
  if (stuck.length === 0) return;
  log.warn(logLines.stuckRuns, {
    stuck: stuck.length,
    runs: stuck.slice(0, mostNamed).join(' '),
  });
}
