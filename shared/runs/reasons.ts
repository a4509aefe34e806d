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
