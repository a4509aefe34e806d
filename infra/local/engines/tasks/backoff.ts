import type { QueueConfig, TaskInfo } from './types.ts';

type RetryConfig = Required<QueueConfig>;

/**
 * How long after its `failures`-th failure a task is tried again, in ms: from `minBackoff` it doubles `maxDoublings` times,
 * then grows evenly, up to `maxBackoff` (RetryConfig.max_doublings in queue.proto).
 */
export function backoff(failures: number, config: RetryConfig): number {
  const { minBackoffMs, maxBackoffMs, maxDoublings } = config;
  const doublings = Math.min(failures - 1, maxDoublings);
  const steps = Math.max(1, failures - maxDoublings);
  return Math.min(maxBackoffMs, minBackoffMs * 2 ** doublings * steps);
}

/**
 * Whether a task that failed is given up: after `maxAttempts` attempts and, when there is a `maxRetryDuration`, not before
 * that time has passed either (RetryConfig.max_retry_duration in queue.proto).
 */
export function exhausted(task: TaskInfo, config: RetryConfig, now: number): boolean {
  const { maxAttempts, maxRetryDurationMs } = config;
  const old = now - (task.firstAttemptAt ?? now) >= maxRetryDurationMs;
  if (maxAttempts === -1) return maxRetryDurationMs > 0 && old;
  return task.failures >= maxAttempts && old;
}
