import { EngineError } from '../engine.ts';

const location = /^projects\/[A-Za-z0-9:.-]+\/locations\/[A-Za-z0-9-]+$/;
const queueName =
  /^projects\/[A-Za-z0-9:.-]+\/locations\/[A-Za-z0-9-]+\/queues\/[A-Za-z0-9-]{1,100}$/;
const taskId = /^[A-Za-z0-9_-]{1,500}$/;

/** @throws `INVALID_ARGUMENT` */
export function checkLocation(name: string): void {
  if (!location.test(name))
    throw new EngineError('INVALID_ARGUMENT', 'Invalid resource field value in the request.');
}

/** @throws `INVALID_ARGUMENT` */
export function checkQueueName(name: string): void {
  if (!queueName.test(name)) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
    );
  }
}

/** The queue of a task's name. @throws `INVALID_ARGUMENT` */
export function queueOf(task: string): string {
  const [queue = '', id, ...more] = task.split('/tasks/');
  if (!queueName.test(queue) || id === undefined || more.length > 0) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"',
    );
  }
  if (!taskId.test(id)) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Task ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
    );
  }
  return queue;
}

/** The last segment of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
