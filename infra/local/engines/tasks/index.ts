import type { EngineContext } from '../engine.ts';
import { type Dispatch, dispatch } from './dispatch.ts';
import { type QueueVerbs, queueVerbs } from './queue-verbs.ts';
import { loadState } from './state.ts';
import { type TaskVerbs, taskVerbs } from './task-verbs.ts';
import type { QueueConfig } from './types.ts';

export type { Page, PageRequest } from './page.ts';
export type * from './types.ts';

/** Cloud Tasks, without the wire and without the deliveries themselves. */
export type TasksEngine = QueueVerbs & TaskVerbs & Dispatch;

export interface TasksOptions {
  /** Queues that are there from the start; one that the store knows is configured anew and keeps its tasks. */
  queues: readonly QueueConfig[];
  /** How long the name of a task stays taken after its end, in ms. Default 24 h (Cloud Tasks quotas page: up to 24 h). */
  nameWindowMs?: number;
}

const defaultNameWindowMs = 24 * 3_600_000;

export function createTasksEngine(context: EngineContext, options: TasksOptions): TasksEngine {
  const state = loadState(context, options.queues, options.nameWindowMs ?? defaultNameWindowMs);
  return { ...queueVerbs(state), ...taskVerbs(state), ...dispatch(state) };
}
