import type { Exited, RunAction, RunEngine } from '../../infra/local/engines/run/index.ts';
import { parseExecution } from '../../infra/local/engines/run/index.ts';
import { jobId } from '../../shared/runs/names.ts';
import type { Schedule } from './schedule.ts';

export type Start = Extract<RunAction, { kind: 'start' }>;

/** How a container of the world behaves: it runs until told to exit, or exits at once with what this answers. */
export type Container = (start: Start) => Exited | 'runs';

/** How slow Cloud Run is, and how its containers take a SIGTERM. Without: everything happens at once. */
export interface Pace {
  /** Time in ms for which nothing comes of a call of Cloud Run. */
  stall(): number;
  /** Time in ms from the start of an execution to the start of its container. */
  start(): number;
  /** Whether a container goes on after SIGTERM, until SIGKILL. */
  ignoresTerm(): boolean;
  /** Time in ms that Cloud Run needs to end a container with SIGKILL. */
  kill(): number;
}

/** What starts and ends the containers of Cloud Run's executions. */
export interface Executor {
  /** Does what Cloud Run wants done by now; answers whether there was anything. */
  act(): boolean;
  /** Something was asked of Cloud Run. */
  changed(): void;
  /** When there will be something to do. */
  nextDue(): number | undefined;
  /** Ends the container of a run, if it runs. */
  exit(runId: string, how: Exited): void;
  /** How the last container of a run was started, if one was. */
  startOf(runId: string): Start | undefined;
  /** Jobs whose container runs. */
  running: ReadonlySet<string>;
  /** How the last container of a job ended, by job. */
  exits: ReadonlyMap<string, Exited>;
}

export function createExecutor(
  engine: RunEngine,
  schedule: Schedule,
  pace: Pace | undefined,
  begun: (job: string, start: Start) => Exited | 'runs',
): Executor {
  /** By job. */
  const starts = new Map<string, Start>();
  const running = new Set<string>();
  const exits = new Map<string, Exited>();
  /** Executions whose container does nothing any more but be there. */
  const stuck = new Set<string>();
  let stalledUntil = 0;

  /** What was cancelled or deleted before its container started is not started any more. */
  const isWanted = (execution: string): boolean => {
    try {
      return engine.getExecution({ name: execution }).record.stop === undefined;
    } catch {
      return false;
    }
  };
  const end = (execution: string, how: Exited): void => {
    const { job } = parseExecution(execution);
    running.delete(job);
    exits.set(job, how);
    engine.exited(execution, how);
  };
  const begin = (action: Start): void => {
    const { execution } = action;
    if (!isWanted(execution)) {
      engine.couldNotStart(execution, 'The execution was stopped before its container started.');
      return;
    }
    const job = parseExecution(execution).job;
    engine.started(execution);
    starts.set(job, action);
    const how = begun(job, action);
    running.add(job);
    if (how !== 'runs') end(execution, how);
  };
  const after = (delay = 0, act: () => void): void => {
    if (delay === 0) act();
    else schedule.at(schedule.now() + delay, act);
  };
  const carryOut = (action: RunAction): void => {
    if (action.kind === 'start') {
      after(pace?.start(), () => begin(action));
    } else if (action.signal === 'SIGKILL') {
      after(pace?.kill(), () => end(action.execution, { signal: 9 }));
    } else if (pace?.ignoresTerm()) {
      stuck.add(action.execution);
    } else {
      end(action.execution, { signal: 15 });
    }
  };

  return {
    act: () => {
      if (schedule.now() < stalledUntil) return false;
      const actions = engine.take();
      for (const action of actions) carryOut(action);
      return actions.length > 0;
    },
    changed: () => {
      stalledUntil = Math.max(stalledUntil, schedule.now() + (pace?.stall() ?? 0));
    },
    nextDue: () => {
      const due = engine.nextDue();
      return due === undefined ? undefined : Math.max(due, stalledUntil);
    },
    exit: (runId, how) => {
      const job = jobId(runId);
      const execution = starts.get(job)?.execution;
      if (execution === undefined || stuck.has(execution)) return;
      if (running.has(job)) end(execution, how);
    },
    startOf: (runId) => starts.get(jobId(runId)),
    running,
    exits,
  };
}
