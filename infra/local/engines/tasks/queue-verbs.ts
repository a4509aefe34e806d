import { EngineError } from '../engine.ts';
import { checkLocation, checkQueueName } from './names.ts';
import { type Page, type PageRequest, pageOf } from './page.ts';
import { completeConfig } from './queue-config.ts';
import { configureQueue, end, findQueue, type Queue, type State, saveQueue } from './state.ts';
import type { QueueConfig, QueueInfo } from './types.ts';

/** Largest page of ListQueues (ListQueuesRequest.page_size in cloudtasks.proto). */
const maxQueuesPage = 9_800;

/** What can be done to queues. Every verb throws `NOT_FOUND` for a queue that is not there. */
export interface QueueVerbs {
  /** @throws `INVALID_ARGUMENT`, `ALREADY_EXISTS` */
  createQueue(parent: string, config: QueueConfig): QueueInfo;
  getQueue(name: string): QueueInfo;
  /** Changes the named fields, or all of them; makes the queue if there is none. @throws `INVALID_ARGUMENT` */
  updateQueue(config: QueueConfig, fields?: readonly (keyof QueueConfig)[]): QueueInfo;
  /** By name. */
  listQueues(parent: string, page: PageRequest): Page<QueueInfo>;
  /** Stops the deliveries; tasks are still accepted. */
  pauseQueue(name: string): QueueInfo;
  resumeQueue(name: string): QueueInfo;
  /** Ends all its tasks. */
  purgeQueue(name: string): QueueInfo;
}

export function queueVerbs(state: State): QueueVerbs {
  const setState = (name: string, value: QueueInfo['state']): QueueInfo => {
    const queue = findQueue(state, name);
    queue.info.state = value;
    saveQueue(state, queue);
    return described(queue);
  };
  return {
    createQueue: (parent, config) => {
      checkLocation(parent);
      checkQueueName(config.name);
      if (!config.name.startsWith(`${parent}/queues/`))
        throw new EngineError('INVALID_ARGUMENT', `${config.name} must begin with ${parent}.`);
      if (state.queues.has(config.name))
        throw new EngineError('ALREADY_EXISTS', 'Queue already exists');
      return described(configureQueue(state, completeConfig(config)));
    },
    getQueue: (name) => described(findQueue(state, name)),
    updateQueue: (config, fields) => {
      checkQueueName(config.name);
      const existing = state.queues.get(config.name);
      return described(configureQueue(state, completeConfig(merged(existing, config, fields))));
    },
    listQueues: (parent, page) => {
      checkLocation(parent);
      const within = [...state.queues.values()]
        .filter(({ info }) => info.name.startsWith(`${parent}/queues/`))
        .map(described)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return pageOf(within, page, maxQueuesPage);
    },
    pauseQueue: (name) => setState(name, 'PAUSED'),
    resumeQueue: (name) => setState(name, 'RUNNING'),
    purgeQueue: (name) => {
      const queue = findQueue(state, name);
      for (const task of [...queue.tasks.values()]) end(state, queue, task);
      queue.info.purgedAt = state.context.now();
      saveQueue(state, queue);
      return described(queue);
    },
  };
}

function described({ info }: Queue): QueueInfo {
  return { ...info };
}

function merged(
  existing: Queue | undefined,
  config: QueueConfig,
  fields: readonly (keyof QueueConfig)[] | undefined,
): QueueConfig {
  if (!fields || !existing) return config;
  const { state, maxBurst, purgedAt, ...kept } = existing.info;
  const changed = Object.entries(config).filter(([field]) =>
    fields.includes(field as keyof QueueConfig),
  );
  return { ...kept, ...Object.fromEntries(changed) };
}
