/**
 * Messages of log lines that something outside counts: log-based metrics, and alerts on them, look for these very words
 * (infra/monitoring/metrics.ts). Each is written by one function of the domain, with the fields named here.
 */
export const logLines = {
  /** `stuck`, `runs`: runs that nobody brings on any more, as the sweep sees them. */
  stuckRuns: 'runs are stuck',
  /** `agent`, `seconds`: how long the oldest run of an agent that could start waits. */
  queueWaits: 'a queue waits',
  /** `locks`, `runs`: locks whose holder lives and let their time pass, and locks that were freed late. */
  overdueLocks: 'locks are overdue',
  /** `secrets`, `runs`: secrets of runs that are over and clean, or gone. */
  leakedSecrets: 'secrets have no owner',
  /** `gapMs`: Google refused a launch for a quota, and launches are spread from now on. */
  slowedDown: 'launches slowed down for a quota',
  /** `agent`, `day`: runs wait for the next day because the budget of this one is spent. */
  budgetSpent: 'budget is spent',
  /** `agent`, `failures`: too many runs failed in a row. */
  pausedItself: 'agent paused itself',
  /** `runId`, `agent`, `reason`. */
  runEnded: 'run ended',
  /** `runId`, `agent`, `attempt`, `found`, `seconds`: from its slot to Cloud Run's answer that it has the job. */
  launched: 'launched',
} as const;
