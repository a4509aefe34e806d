import { EngineError } from '../engines/engine.ts';
import type { QueueConfig, QueueInfo } from '../engines/tasks/index.ts';
import type { Message } from './server.ts';
import { millis, type WireTime, wireTime } from './times.ts';

/** A queue as the wire decodes it: what is not said is zero or null. */
export interface WireQueue {
  name: string;
  rateLimits: { maxDispatchesPerSecond: number; maxConcurrentDispatches: number } | null;
  retryConfig: {
    maxAttempts: number;
    maxRetryDuration: WireTime | null;
    minBackoff: WireTime | null;
    maxBackoff: WireTime | null;
    maxDoublings: number;
  } | null;
}

/** Zero is "not said" for a number, for which Cloud Tasks then picks its default (queue.proto). */
export function queueConfig({ name, rateLimits, retryConfig }: WireQueue): QueueConfig {
  const config: QueueConfig = { name };
  if (rateLimits?.maxDispatchesPerSecond)
    config.maxDispatchesPerSecond = rateLimits.maxDispatchesPerSecond;
  if (rateLimits?.maxConcurrentDispatches)
    config.maxConcurrentDispatches = rateLimits.maxConcurrentDispatches;
  if (retryConfig?.maxAttempts) config.maxAttempts = retryConfig.maxAttempts;
  if (retryConfig?.maxDoublings) config.maxDoublings = retryConfig.maxDoublings;
  if (retryConfig?.maxRetryDuration)
    config.maxRetryDurationMs = millis(retryConfig.maxRetryDuration);
  if (retryConfig?.minBackoff) config.minBackoffMs = millis(retryConfig.minBackoff);
  if (retryConfig?.maxBackoff) config.maxBackoffMs = millis(retryConfig.maxBackoff);
  return config;
}

export function queueMessage(info: QueueInfo): Message {
  return {
    name: info.name,
    rateLimits: {
      maxDispatchesPerSecond: info.maxDispatchesPerSecond,
      maxBurstSize: info.maxBurst,
      maxConcurrentDispatches: info.maxConcurrentDispatches,
    },
    retryConfig: {
      maxAttempts: info.maxAttempts,
      ...(info.maxRetryDurationMs > 0 && { maxRetryDuration: wireTime(info.maxRetryDurationMs) }),
      minBackoff: wireTime(info.minBackoffMs),
      maxBackoff: wireTime(info.maxBackoffMs),
      maxDoublings: info.maxDoublings,
    },
    state: info.state,
    ...(info.purgedAt !== undefined && { purgeTime: wireTime(info.purgedAt) }),
  };
}

const rateFields = {
  max_dispatches_per_second: 'maxDispatchesPerSecond',
  max_concurrent_dispatches: 'maxConcurrentDispatches',
} as const satisfies { [path: string]: keyof QueueConfig };

const retryFields = {
  max_attempts: 'maxAttempts',
  max_retry_duration: 'maxRetryDurationMs',
  min_backoff: 'minBackoffMs',
  max_backoff: 'maxBackoffMs',
  max_doublings: 'maxDoublings',
} as const satisfies { [path: string]: keyof QueueConfig };

const fieldsByPath: { readonly [path: string]: readonly (keyof QueueConfig)[] } = {
  rate_limits: Object.values(rateFields),
  retry_config: Object.values(retryFields),
  ...under('rate_limits', rateFields),
  ...under('retry_config', retryFields),
};

/** The fields of a queue that an update mask names. @throws `INVALID_ARGUMENT` */
export function queueFields(paths: readonly string[]): (keyof QueueConfig)[] {
  return paths.flatMap((path) => {
    const fields = Object.hasOwn(fieldsByPath, path) ? fieldsByPath[path] : undefined;
    if (fields) return fields;
    throw new EngineError('INVALID_ARGUMENT', `Invalid update mask: ${path}`);
  });
}

function under(parent: string, fields: { readonly [path: string]: keyof QueueConfig }) {
  return Object.fromEntries(
    Object.entries(fields).map(([path, field]) => [`${parent}.${path}`, [field]] as const),
  );
}
