import type { RunState } from './states.ts';

/**
 * Why a run ended as it did: the closed list. Each has a page in `docs/errors/` named after it (D15), and each fits
 * the states named here.
 */
export const reasons = {
  completed: ['succeeded'],
  rerun_requested: ['succeeded'],
  exit_code: ['failed'],
  signal: ['failed'],
  out_of_memory: ['failed'],
  container_not_started: ['failed'],
  interrupted: ['failed'],
  image_not_found: ['failed'],
  secret_unreadable: ['failed'],
  credential_missing: ['failed'],
  launch_refused: ['failed'],
  launch_failed: ['failed'],
  timeout: ['timed_out'],
  agent_timeout: ['timed_out'],
  killed: ['killed', 'cancelled'],
  superseded: ['killed', 'cancelled'],
  cancelled_outside: ['killed'],
  execution_vanished: ['lost'],
  queue_overflow: ['dropped'],
  key_busy: ['dropped'],
} as const satisfies { [reason: string]: readonly string[] };

export type Reason = keyof typeof reasons;

/** The page of a reason, from the repository's root. */
export function pageOf(reason: Reason): string {
  return `docs/errors/${reason}.md`;
}

/** Whether a run may end in `state` for `reason`. Without one it may not end at all. */
export function fits(reason: Reason | null | undefined, state: RunState): reason is Reason {
  const states: readonly string[] = reason ? reasons[reason] : [];
  return states.includes(state);
}
