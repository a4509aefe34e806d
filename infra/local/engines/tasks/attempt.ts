import { idOf } from './names.ts';
import type { Attempt, TaskInfo } from './types.ts';

/** The delivery of a task, with the headers that Cloud Tasks puts on it ("Create HTTP target tasks" page). */
export function attemptOf(id: number, queue: string, task: TaskInfo): Attempt {
  const { lastAttempt, oidc } = task;
  const headers: { [name: string]: string } = {
    ...task.headers,
    'User-Agent': 'Google-Cloud-Tasks',
    'X-CloudTasks-QueueName': idOf(queue),
    'X-CloudTasks-TaskName': idOf(task.name),
    'X-CloudTasks-TaskRetryCount': String(task.failures),
    'X-CloudTasks-TaskExecutionCount': String(task.executions),
    'X-CloudTasks-TaskETA': (task.scheduleAt / 1000).toFixed(6),
  };
  if (lastAttempt?.outcome && 'status' in lastAttempt.outcome)
    headers['X-CloudTasks-TaskPreviousResponse'] = String(lastAttempt.outcome.status);
  // On the wire of Cloud Tasks it comes with every retry of an HTTP task, and it is empty.
  if (task.failures > 0) headers['X-CloudTasks-TaskRetryReason'] = '';
  return {
    id,
    task: task.name,
    queue,
    url: task.url,
    method: task.method,
    headers,
    body: task.body,
    ...(oidc && { oidc }),
    deadlineMs: task.dispatchDeadlineMs,
  };
}
