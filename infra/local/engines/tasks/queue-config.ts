import { EngineError } from '../engine.ts';
import type { QueueConfig } from './types.ts';

/** What Cloud Tasks picks for a queue that does not say (queue.proto; Cloud Tasks "Configure queues" page). */
const defaults = {
  maxDispatchesPerSecond: 500,
  maxConcurrentDispatches: 1_000,
  maxAttempts: 100,
  maxRetryDurationMs: 0,
  minBackoffMs: 100,
  maxBackoffMs: 3_600_000,
  maxDoublings: 16,
} as const satisfies Omit<QueueConfig, 'name'>;

/** Fills in the defaults. @throws `INVALID_ARGUMENT` */
export function completeConfig(config: QueueConfig): Required<QueueConfig> {
  const complete = { ...defaults, ...config };
  for (const [rule, message] of rules) {
    if (!rule(complete)) throw new EngineError('INVALID_ARGUMENT', message);
  }
  return complete;
}

/** Cloud Tasks picks the burst from the rate: a fifth of it, between these two, in the answers that it gives. */
const leastBurst = 10;
const mostBurst = 100;

/** How many tokens the bucket of a queue holds. */
export function burstOf(maxDispatchesPerSecond: number): number {
  return Math.min(mostBurst, Math.max(leastBurst, Math.ceil(maxDispatchesPerSecond / 5)));
}

const rules: [rule: (config: Required<QueueConfig>) => boolean, message: string][] = [
  [
    ({ maxDispatchesPerSecond }) => maxDispatchesPerSecond > 0,
    'RateLimits.maxDispatchesPerSecond cannot be negative.',
  ],
  [
    ({ maxDispatchesPerSecond }) => maxDispatchesPerSecond <= 500,
    'RateLimits.maxDispatchesPerSecond must be less than or equal to 500.',
  ],
  [
    ({ maxConcurrentDispatches }) => maxConcurrentDispatches > 0,
    'RateLimits.maxConcurrentDispatches cannot be negative.',
  ],
  [
    ({ maxConcurrentDispatches }) => maxConcurrentDispatches <= 5_000,
    'RateLimits.maxConcurrentDispatches must be less than or equal to 5000.',
  ],
  [
    ({ maxAttempts }) => maxAttempts === -1 || maxAttempts > 0,
    'RetryConfig.maxAttempts must be greater or equal to -1.',
  ],
  [({ maxDoublings }) => maxDoublings >= 0, 'RetryConfig.maxDoublings cannot be negative.'],
  [({ minBackoffMs }) => minBackoffMs >= 0, 'RetryConfig.minBackoff cannot be negative.'],
  [({ maxBackoffMs }) => maxBackoffMs >= 0, 'RetryConfig.maxBackoff cannot be negative.'],
  [
    ({ minBackoffMs, maxBackoffMs }) => minBackoffMs <= maxBackoffMs,
    'RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.',
  ],
  [
    ({ maxRetryDurationMs }) => maxRetryDurationMs >= 0,
    'RetryConfig.maxRetryDuration cannot be negative.',
  ],
];
