import type { Retry } from '../projects/project.ts';
import type { Ending } from './end.ts';
import type { Reason } from './reasons.ts';
import { countsOf, type Following } from './rerun.ts';
import type { Run } from './run.ts';

/**
 * Why an ending is not tried again; null: it is. Tried again is what may well go otherwise the next time, and what did nothing
 * that could be done twice in vain.
 */
export const notRetried: { readonly [reason in Reason]: string | null } = {
  exit_code: null,
  signal: null,
  out_of_memory: null,
  interrupted: null,
  container_not_started: null,
  launch_failed: null,
  image_not_found: 'the image would be missing again',
  secret_unreadable: 'the secret would be unreadable again',
  credential_missing: 'the credential would be missing again',
  launch_refused: 'Cloud Run would refuse it again',
  timeout: 'it would take as long again',
  agent_timeout: 'it would take as long again',
  execution_vanished: 'nobody knows what it did',
  killed: 'somebody ended it',
  superseded: 'a later run took its place',
  cancelled_outside: 'somebody ended it',
  completed: 'it did well',
  rerun_requested: 'it did well',
  queue_overflow: 'it never ran',
  key_busy: 'it never ran',
};

/** Exit codes that say themselves that trying again is useless: invalid configuration, unrecoverable, aborted by a user. */
const uselessCodes: readonly number[] = [13, 15, 16];

/**
 * Whether a run that failed is tried again, by `[retry]`: up to `attempts` times in a row, whatever started it. Pure.
 *
 * @param chance A number in [0, 1) that spreads the waiting time.
 */
export function retry(
  run: Pick<Run, 'trigger'>,
  { reason, exitCode }: Pick<Ending, 'reason' | 'exitCode'>,
  policy: Retry,
  chance: number,
): Following {
  const why = uselessBy(policy, reason, exitCode);
  if (why !== null) return { follows: false, why: `it is not retried: ${why}` };
  const { reruns, retries } = countsOf(run);
  if (retries >= policy.attempts) {
    return {
      follows: false,
      why: `it is not retried: its retry.attempts is ${policy.attempts}`,
    };
  }
  return {
    follows: true,
    because: 'retry',
    reruns,
    retries: retries + 1,
    waitMs: backoffMs(policy, retries + 1, chance),
    why: `retry ${retries + 1} of at most ${policy.attempts}`,
  };
}

/** Why trying again is useless, or null. An exit code that the policy names is tried again, the container's own timeout too. */
function uselessBy(
  { exitCodes }: Retry,
  reason: Reason,
  exitCode: number | undefined,
): string | null {
  const isNamed = exitCode !== undefined && exitCodes?.includes(exitCode) === true;
  if (reason === 'agent_timeout' && isNamed) return null;
  if (reason !== 'exit_code' || exitCode === undefined || isNamed) return notRetried[reason];
  if (exitCodes !== null) return `exit code ${exitCode} is not among its retry.exit_codes`;
  return uselessCodes.includes(exitCode) ? `exit code ${exitCode} says that it is useless` : null;
}

/** Doublings after which any waiting time is longer than the longest; without a limit their power becomes infinite. */
const mostDoublings = 30;

/** Time in ms before a repetition, from 1: it doubles with each, up to the longest, and is drawn from its upper half. */
export function backoffMs(
  { backoff, maxBackoff }: Pick<Retry, 'backoff' | 'maxBackoff'>,
  repetition: number,
  chance: number,
): number {
  const longest =
    Math.min(backoff * 2 ** Math.min(repetition - 1, mostDoublings), maxBackoff) * 1_000;
  return Math.round(longest * (0.5 + chance / 2));
}
