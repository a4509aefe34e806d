import type { RunEngine, RunReports } from '../engines/run/index.ts';
import { drive, type Loop } from '../loop.ts';
import type { Executor } from './executor.ts';

export {
  createExecutor,
  type Executor,
  type ExecutorOptions,
  type LocalProgram,
} from './executor.ts';

/** Keeps the run engine going in real time on an executor. Poke it after every call of a verb. */
export function runExecutions(engine: RunEngine, executor: Executor, now: () => number): Loop {
  const loop = drive(engine, now, (action) => executor.perform(action, reports));
  const reports: RunReports = {
    started: (execution) => {
      engine.started(execution);
      loop.poke();
    },
    exited: (execution, how) => {
      engine.exited(execution, how);
      loop.poke();
    },
    couldNotStart: (execution, message) => {
      engine.couldNotStart(execution, message);
      loop.poke();
    },
  };
  loop.poke();
  return loop;
}
