import { EngineError } from '../engine.ts';
import { checkQueueName, queueOf } from './names.ts';
import { newTask } from './new-task.ts';
import { type Page, type PageRequest, pageOf } from './page.ts';
import { end, findQueue, freeNames, type Queue, type State, saveTask, wait } from './state.ts';
import type { NewTask, TaskInfo } from './types.ts';

/** Largest page of ListTasks (ListTasksRequest.page_size in cloudtasks.proto). */
const maxTasksPage = 1_000;

/** What can be done to tasks. Every verb throws `NOT_FOUND` for a queue or task that is not there. */
export interface TaskVerbs {
  /** @throws `INVALID_ARGUMENT`; `ALREADY_EXISTS` for a name that is, or lately was, another's */
  createTask(parent: string, task: NewTask): TaskInfo;
  getTask(name: string): TaskInfo;
  /** By name. */
  listTasks(parent: string, page: PageRequest): Page<TaskInfo>;
  /** Ends a task; a delivery in flight is not called back. */
  deleteTask(name: string): void;
}

export function taskVerbs(state: State): TaskVerbs {
  return {
    createTask: (parent, asked) => {
      checkQueueName(parent);
      if (asked.name !== undefined) checkNameIn(parent, asked.name);
      const queue = findQueue(state, parent);
      freeNames(state);
      const name = asked.name ?? freeName(state, queue);
      if (queue.tasks.has(name))
        throw new EngineError('ALREADY_EXISTS', 'Requested entity already exists');
      if (state.takenNames.has(name)) {
        throw new EngineError(
          'ALREADY_EXISTS',
          'The task cannot be created because a task with this name existed too recently.',
        );
      }
      const task = newTask(name, asked, state.context.now());
      wait(state, queue, task);
      saveTask(state, task);
      return { ...task };
    },
    getTask: (name) => ({ ...findTask(state, name).task }),
    listTasks: (parent, page) => {
      checkQueueName(parent);
      const tasks = [...findQueue(state, parent).tasks.values()]
        .map((task) => ({ ...task }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return pageOf(tasks, page, maxTasksPage);
    },
    deleteTask: (name) => {
      const { queue, task } = findTask(state, name);
      end(state, queue, task);
    },
  };
}

function checkNameIn(parent: string, name: string): void {
  const queue = queueOf(name);
  if (queue === parent) return;
  throw new EngineError(
    'INVALID_ARGUMENT',
    `The queue name from request ('${parent}') must be the same as the queue name in the named task ('${queue}').`,
  );
}

/** Cloud Tasks' own ids are long numbers. */
function freeName({ context }: State, queue: Queue): string {
  const digits = (): string => String(Math.floor(context.random() * 1e10)).padStart(10, '0');
  for (;;) {
    const name = `${queue.info.name}/tasks/${digits()}${digits()}`;
    if (!queue.tasks.has(name)) return name;
  }
}

function findTask(state: State, name: string): { queue: Queue; task: TaskInfo } {
  const queue = findQueue(state, queueOf(name));
  const task = queue.tasks.get(name);
  if (task) return { queue, task };
  freeNames(state);
  throw new EngineError(
    'NOT_FOUND',
    state.takenNames.has(name)
      ? 'The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.'
      : 'Requested entity was not found.',
  );
}
