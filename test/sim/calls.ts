import type { Attempt, Outcome, TasksEngine } from '../../infra/local/engines/tasks/index.ts';
import { dispatch } from '../../shared/agents/dispatch.ts';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError, type Ports } from '../../shared/ports/index.ts';
import type { Releases } from '../../shared/projects/release.ts';
import { poll } from '../../shared/runs/poll.ts';
import type { Settings } from '../../shared/settings.ts';
import type { Schedule } from './schedule.ts';

/** A function, or the tool that publishes releases; `control` is what people use. */
export type FunctionName =
  | 'webhook'
  | 'tick'
  | 'dispatch'
  | 'poll'
  | 'gateway'
  | 'logs'
  | 'control'
  | 'publish';

/** One instance of a function, as one call of it has it. */
export interface Instance {
  ports: Ports;
  releases: Releases;
  /** Rejects when the instance dies. */
  death: Promise<never>;
}

export type CallFunction = <T>(
  name: FunctionName,
  work: (ports: Ports, releases: Releases) => Promise<T>,
) => Promise<T>;

interface Surroundings {
  call: CallFunction;
  schedule: Schedule;
  tasks: TasksEngine;
  settings: Settings;
  targets: CloudSettings['targets'];
}

/** Makes the calls of Cloud Tasks, and tells it how they went: answered, or not in time. */
export function taskCalls({ call, schedule, tasks, settings, targets }: Surroundings) {
  const make = async ({ url, body }: Attempt): Promise<void> => {
    const { agent = '', run = '', attempt, n } = JSON.parse(body.toString()) as TaskBody;
    if (url === targets.dispatch.url) {
      await call('dispatch', (ports, releases) => dispatch(ports, settings, releases, agent));
      return;
    }
    const ordinal = attempt === undefined || n === undefined ? undefined : { attempt, n };
    await call('poll', (ports, releases) => poll(ports, releases, run, ordinal));
  };
  return async (attempt: Attempt): Promise<void> => {
    const deadline = schedule.now() + attempt.deadlineMs;
    const callOff = schedule.at(deadline, () => tasks.settle(attempt, { failed: 'too late' }));
    const outcome = await make(attempt).then(
      (): Outcome => ({ status: 200 }),
      (error: unknown): Outcome => answerTo(error),
    );
    callOff();
    tasks.settle(attempt, outcome);
  };
}

interface TaskBody {
  agent?: string;
  run?: string;
  attempt?: number;
  n?: number;
}

const busyMs = 5_000;

/** How a function answers when what it did threw this (D15). */
function answerTo(error: unknown): Outcome {
  if (error instanceof Permanent) return { status: 200 };
  if (error instanceof Retryable) return { status: 503, retryAfterMs: error.afterSeconds * 1_000 };
  if (error instanceof CloudError && error.transient) return { status: 503, retryAfterMs: busyMs };
  return { status: 500 };
}
