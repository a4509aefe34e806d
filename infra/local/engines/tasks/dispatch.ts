import type { Timed } from '../engine.ts';
import { attemptOf } from './attempt.ts';
import { backoff, exhausted } from './backoff.ts';
import { end, type Queue, type State, saveTask, wait } from './state.ts';
import type { Attempt, Misbehaviour, Outcome, TaskInfo } from './types.ts';

/** How old a task may become, in ms (Cloud Tasks quotas page: 31 days). */
const retentionMs = 31 * 24 * 3_600_000;

/** Answers after which a target's `Retry-After` is heeded (HttpRequest in target.proto). */
const overloaded: ReadonlySet<number> = new Set([429, 503]);

/** The deliveries. A task is over after an answer of 200 to 299, and vanishes when its attempts are exhausted. */
export interface Dispatch extends Timed<Attempt> {
  /** Reports how a delivery went. Of a delivery that was made twice only the first report counts. */
  settle(attempt: Attempt, outcome: Outcome): void;
  /** Replaces what the engine does wrong from now on. */
  misbehave(misbehaviour: Misbehaviour): void;
}

export function dispatch(state: State): Dispatch {
  const { context } = state;
  return {
    nextDue: () => {
      const now = context.now();
      let soonest: number | undefined;
      for (const queue of state.queues.values()) {
        const due = dueAt(queue, now);
        if (due !== undefined && (soonest === undefined || due < soonest)) soonest = due;
      }
      return soonest;
    },
    take: () => {
      const now = context.now();
      const attempts: Attempt[] = [];
      for (const queue of state.queues.values()) {
        while ((dueAt(queue, now) ?? Number.POSITIVE_INFINITY) <= now) {
          attempts.push(...next(state, queue, now));
        }
      }
      return attempts;
    },
    settle: (attempt, outcome) => {
      const made = state.attempts.get(attempt.id);
      if (!made) return;
      state.attempts.delete(attempt.id);
      made.queue.inFlight -= 1;
      // It may have been deleted, or purged, in the meantime.
      if (made.queue.tasks.get(attempt.task) === made.task)
        conclude(state, made.queue, made.task, outcome);
    },
    misbehave: (misbehaviour) => {
      state.misbehaviour = { duplicate: 0, forget: 0, delayMs: 0, ...misbehaviour };
    },
  };
}

function dueAt({ info, inFlight, waiting, bucket }: Queue, now: number): number | undefined {
  if (info.state === 'PAUSED' || inFlight >= info.maxConcurrentDispatches) return undefined;
  const first = waiting.first();
  return first && Math.max(first.at, bucket.readyAt(now));
}

/** The deliveries of the task that waited longest: none if it vanishes, two if they are duplicated. */
function next(state: State, queue: Queue, now: number): Attempt[] {
  const task = queue.waiting.shift()?.item;
  if (!task) return [];
  queue.places.delete(task.name);
  const { misbehaviour } = state;
  const forgotten = misbehaviour.forget > 0;
  if (forgotten) misbehaviour.forget -= 1;
  if (forgotten || now - task.createdAt > retentionMs) {
    end(state, queue, task);
    return [];
  }
  queue.bucket.take(now);
  queue.inFlight += 1;
  const attempt = begin(state, queue, task, now);
  state.attempts.set(attempt.id, { queue, task });
  if (misbehaviour.duplicate <= 0) return [attempt];
  misbehaviour.duplicate -= 1;
  state.lastAttemptId += 1;
  return [attempt, { ...attempt, id: state.lastAttemptId }];
}

function begin(state: State, queue: Queue, task: TaskInfo, now: number): Attempt {
  state.lastAttemptId += 1;
  const attempt = attemptOf(state.lastAttemptId, queue.info.name, task);
  task.dispatches += 1;
  task.firstAttemptAt ??= now;
  task.lastAttempt = { scheduledAt: task.scheduleAt, dispatchedAt: now };
  return attempt;
}

function conclude(state: State, queue: Queue, task: TaskInfo, outcome: Outcome): void {
  const now = state.context.now();
  const status = 'status' in outcome ? outcome.status : undefined;
  if (status !== undefined && status >= 200 && status < 300) {
    end(state, queue, task);
    return;
  }
  task.failures += 1;
  if (status !== undefined) task.responses += 1;
  if (status !== undefined && status < 500) task.executions += 1;
  if (task.lastAttempt) task.lastAttempt = { ...task.lastAttempt, settledAt: now, outcome };
  if (exhausted(task, queue.info, now)) {
    end(state, queue, task);
    return;
  }
  const asked = 'status' in outcome && overloaded.has(outcome.status) ? outcome.retryAfterMs : 0;
  task.scheduleAt = now + Math.max(backoff(task.failures, queue.info), asked ?? 0);
  wait(state, queue, task);
  saveTask(state, task);
}
