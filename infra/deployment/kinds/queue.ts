import { type Kind, NestedBlocks } from '../kind.ts';
import type { Queue } from '../resource.ts';
import { byLastName, differences, gcloud, isWanted, rowsOf, secondsAt, textAt } from './found.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Queues. They carry no labels: ours are known by their names. */
export const queueKind: Kind<Queue> = {
  list: ({ region }) => [gcloud(['tasks', 'queues', 'list', `--location=${region}`])],
  read: (_, wanted, [answer]) => byLastName(rowsOf(answer), isWanted(wanted)),
  compare: (_, wanted, found) =>
    differences({
      maxConcurrentDispatches: [
        textAt(found, 'rateLimits', 'maxConcurrentDispatches'),
        wanted.maxConcurrentDispatches,
      ],
      maxDispatchesPerSecond: [
        textAt(found, 'rateLimits', 'maxDispatchesPerSecond'),
        wanted.maxDispatchesPerSecond,
      ],
      maxAttempts: [textAt(found, 'retryConfig', 'maxAttempts'), wanted.maxAttempts],
      minBackoffMs: [secondsAt(0, found, 'retryConfig', 'minBackoff') * 1_000, wanted.minBackoffMs],
      maxBackoffMs: [secondsAt(0, found, 'retryConfig', 'maxBackoff') * 1_000, wanted.maxBackoffMs],
      maxDoublings: [textAt(found, 'retryConfig', 'maxDoublings') || '0', wanted.maxDoublings],
      state: [textAt(found, 'state') || 'RUNNING', 'RUNNING'],
    }),
  create: ({ region }, queue) => [
    gcloud(['tasks', 'queues', 'create', queue.id, `--location=${region}`, ...flags(queue)]),
    // A queue whose name was used days ago may seem to be made (Cloud Tasks API, `queues.delete`).
    gcloud(['tasks', 'queues', 'describe', queue.id, `--location=${region}`]),
  ],
  update: ({ region }, queue, found) => [
    gcloud(['tasks', 'queues', 'update', queue.id, `--location=${region}`, ...flags(queue)]),
    ...(textAt(found, 'state') === 'PAUSED' || textAt(found, 'state') === 'DISABLED'
      ? [gcloud(['tasks', 'queues', 'resume', queue.id, `--location=${region}`])]
      : []),
  ],
  remove: ({ region }, id) => [gcloud(['tasks', 'queues', 'delete', id, `--location=${region}`])],
  terraform: ({ project, region }, queue) => [
    {
      type: terraformTypes.queue,
      label: terraformLabel(queue.id),
      body: {
        project,
        name: queue.id,
        location: region,
        rate_limits: new NestedBlocks({
          max_concurrent_dispatches: queue.maxConcurrentDispatches,
          max_dispatches_per_second: queue.maxDispatchesPerSecond,
        }),
        retry_config: new NestedBlocks({
          max_attempts: queue.maxAttempts,
          min_backoff: seconds(queue.minBackoffMs),
          max_backoff: seconds(queue.maxBackoffMs),
          max_doublings: queue.maxDoublings,
        }),
      },
    },
  ],
};

function flags(queue: Queue): string[] {
  return [
    `--max-concurrent-dispatches=${queue.maxConcurrentDispatches}`,
    `--max-dispatches-per-second=${queue.maxDispatchesPerSecond}`,
    `--max-attempts=${queue.maxAttempts}`,
    `--min-backoff=${seconds(queue.minBackoffMs)}`,
    `--max-backoff=${seconds(queue.maxBackoffMs)}`,
    `--max-doublings=${queue.maxDoublings}`,
  ];
}

/** A duration as the API has it. */
function seconds(ms: number): string {
  return `${ms / 1_000}s`;
}
