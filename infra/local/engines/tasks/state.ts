import { type EngineContext, EngineError, type Json } from '../engine.ts';
import { createWaitingList, type Waiting, type WaitingList } from '../waiting-list.ts';
import { burstOf, completeConfig } from './queue-config.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';
import type { Misbehaviour, QueueConfig, QueueInfo, TaskInfo } from './types.ts';

/** A queue with its tasks. */
export interface Queue {
  info: QueueInfo;
  tasks: Map<string, TaskInfo>;
  waiting: WaitingList<TaskInfo>;
  /** Where each task that waits stands in {@link Queue.waiting}. */
  places: Map<string, Waiting<TaskInfo>>;
  bucket: TokenBucket;
  /** Deliveries that have not been settled. */
  inFlight: number;
}

/** What the verbs of the engine work on. */
export interface State {
  context: EngineContext;
  /** How long the name of a task stays taken after its end, in ms. */
  nameWindowMs: number;
  queues: Map<string, Queue>;
  /** Until when the name of a task that is over stays taken, by name, first to be freed first. */
  takenNames: Map<string, number>;
  attempts: Map<number, { queue: Queue; task: TaskInfo }>;
  lastAttemptId: number;
  misbehaviour: Required<Misbehaviour>;
}

const queuesTable = 'tasks.queues';
const tasksTable = 'tasks.tasks';
const namesTable = 'tasks.names';

/** What the store kept, with the configured queues. Deliveries that were in flight are made again. */
export function loadState(
  context: EngineContext,
  configured: readonly QueueConfig[],
  nameWindowMs: number,
): State {
  const state: State = {
    context,
    nameWindowMs,
    queues: new Map(),
    takenNames: new Map(),
    attempts: new Map(),
    lastAttemptId: 0,
    misbehaviour: { duplicate: 0, forget: 0, delayMs: 0 },
  };
  for (const [name, json] of context.store.entries(queuesTable))
    state.queues.set(name, emptyQueue(json as unknown as QueueInfo));
  for (const config of configured) configureQueue(state, completeConfig(config));
  for (const [name, json] of context.store.entries(tasksTable)) {
    const kept = json as unknown as Omit<TaskInfo, 'body'> & { body: string };
    const queue = findQueue(state, name.slice(0, name.indexOf('/tasks/')));
    wait(state, queue, { ...kept, body: Buffer.from(kept.body, 'base64') });
  }
  for (const [name, until] of context.store.entries(namesTable))
    state.takenNames.set(name, Number(until));
  return state;
}

/** Makes a queue, or gives it another configuration; its tasks stay. */
export function configureQueue(state: State, config: Required<QueueConfig>): Queue {
  const existing = state.queues.get(config.name);
  const maxBurst = burstOf(config.maxDispatchesPerSecond);
  const queue = existing ?? emptyQueue({ ...config, maxBurst, state: 'RUNNING' });
  Object.assign(queue.info, config, { maxBurst });
  queue.bucket = createTokenBucket(config.maxDispatchesPerSecond, maxBurst);
  state.queues.set(config.name, queue);
  saveQueue(state, queue);
  return queue;
}

function emptyQueue(info: QueueInfo): Queue {
  return {
    info,
    tasks: new Map(),
    waiting: createWaitingList(),
    places: new Map(),
    bucket: createTokenBucket(info.maxDispatchesPerSecond, info.maxBurst),
    inFlight: 0,
  };
}

/** @throws `NOT_FOUND` */
export function findQueue({ queues }: State, name: string): Queue {
  const queue = queues.get(name);
  if (queue) return queue;
  throw new EngineError(
    'NOT_FOUND',
    'Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.',
  );
}

/** Puts a task among those that wait for their time. */
export function wait(state: State, queue: Queue, task: TaskInfo): void {
  queue.tasks.set(task.name, task);
  const at = task.scheduleAt + state.misbehaviour.delayMs;
  queue.places.set(task.name, queue.waiting.add(at, task));
}

/** Ends a task, whether it waits or is in flight. Its name stays taken for a while if somebody chose it. */
export function end(state: State, queue: Queue, task: TaskInfo): void {
  queue.tasks.delete(task.name);
  const place = queue.places.get(task.name);
  if (place) place.gone = true;
  queue.places.delete(task.name);
  state.context.store.delete(tasksTable, task.name);
  if (!task.named) return;
  const until = state.context.now() + state.nameWindowMs;
  state.takenNames.set(task.name, until);
  state.context.store.put(namesTable, task.name, until);
}

/** Forgets the names whose time has passed. */
export function freeNames({ takenNames, context }: State): void {
  for (const [name, until] of takenNames) {
    if (until > context.now()) return;
    takenNames.delete(name);
    context.store.delete(namesTable, name);
  }
}

export function saveTask({ context }: State, task: TaskInfo): void {
  const json = { ...task, body: task.body.toString('base64') };
  context.store.put(tasksTable, task.name, json as unknown as Json);
}

export function saveQueue({ context }: State, queue: Queue): void {
  context.store.put(queuesTable, queue.info.name, { ...queue.info });
}
