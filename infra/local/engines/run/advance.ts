import { codes, EngineError, type Timed } from '../engine.ts';
import { attemptOf, endExecution, settleJob } from './endings.ts';
import { emitSystem } from './events.ts';
import { settleOperations } from './operations.ts';
import { reconcile } from './reconcile.ts';
import { readMounts, readVariables } from './secrets.ts';
import type { RunState } from './state.ts';
import type { ExecutionRecord, Exited, RunAction, RunReports } from './types.ts';

/** What the engine does by itself, and what it hears of the processes. */
export function advancing(state: RunState): Timed<RunAction> & RunReports {
  return {
    nextDue: () => {
      if (state.reconciling.size > 0 || state.orphans.size > 0) return state.context.now();
      return state.due.first()?.at;
    },

    take: () => {
      endOrphans(state);
      for (const name of [...state.reconciling]) reconcile(state, name);
      const actions: RunAction[] = [];
      const now = state.context.now();
      for (let first = state.due.first(); first && first.at <= now; first = state.due.first()) {
        state.due.shift();
        const execution = state.executions.get(first.item);
        if (execution) actions.push(...step(execution));
      }
      return actions;
    },

    started: (name) => {
      state.orphans.delete(name);
      const execution = state.executions.get(name);
      if (execution?.phase !== 'starting') return;
      const now = state.context.now();
      const running: ExecutionRecord = { ...execution, phase: 'running', attemptStartedAt: now };
      running.startedAt = execution.startedAt ?? now;
      state.saveExecution(running);
      settleJob(state, running);
      settleOperations(state);
    },

    exited: (name, how) => {
      const execution = state.executions.get(name);
      if (!execution || execution.phase === 'pending' || execution.phase === 'over') return;
      logExit(state, execution, how);
      const attempt = attemptOf(execution, how);
      if (attempt.code !== 0 && mayRetry(execution)) retry(execution, attempt);
      else endExecution(state, execution, attempt);
    },

    couldNotStart: (name, message) => {
      const execution = state.executions.get(name);
      if (execution?.phase === 'starting')
        endExecution(state, execution, { code: codes.FAILED_PRECONDITION, message });
    },
  };

  function step(execution: ExecutionRecord): RunAction[] {
    const now = state.context.now();
    if (execution.phase === 'pending') return start(execution);
    const stop = execution.stop ?? { why: 'timeout' as const };
    if (!execution.stop)
      emitSystem(
        state,
        execution,
        'ERROR',
        `Terminating task because it has reached the maximum timeout of ${execution.template.timeoutSeconds} seconds.`,
      );
    const kill = stop.termAt !== undefined;
    state.saveExecution({
      ...execution,
      stop: kill ? { ...stop, killed: true } : { ...stop, termAt: now },
    });
    return [{ kind: 'signal', execution: execution.name, signal: kill ? 'SIGKILL' : 'SIGTERM' }];
  }

  /** Secrets are read now, not when the job was made: what was destroyed since keeps the container from starting. */
  function start(execution: ExecutionRecord): RunAction[] {
    const { template, name, attempt, labels } = execution;
    const [container] = template.containers;
    try {
      const action: RunAction = {
        kind: 'start',
        execution: name,
        attempt,
        image: container?.image ?? '',
        command: container?.command ?? [],
        args: container?.args ?? [],
        labels: { ...labels },
        env: readVariables(state.settings, template),
        files: readMounts(state.settings, template),
        timeoutSeconds: template.timeoutSeconds,
      };
      state.saveExecution({ ...execution, phase: 'starting' });
      return [action];
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      endExecution(state, execution, { code: codes[error.code], message: error.message });
      return [];
    }
  }

  function mayRetry({ stop, attempt, template }: ExecutionRecord): boolean {
    return (!stop || stop.why === 'timeout') && attempt < template.maxRetries;
  }

  function retry(execution: ExecutionRecord, lastAttempt: ExecutionRecord['lastAttempt']): void {
    const { stop: _stop, attemptStartedAt: _startedAt, ...kept } = execution;
    const again: ExecutionRecord = { ...kept, phase: 'pending', attempt: execution.attempt + 1 };
    if (lastAttempt) again.lastAttempt = lastAttempt;
    state.orphans.delete(again.name);
    state.saveExecution(again);
  }
}

/** Nobody knows how these ended, if they did: their process was an earlier local cloud's. */
function endOrphans(state: RunState): void {
  for (const name of [...state.orphans]) {
    state.orphans.delete(name);
    const execution = state.executions.get(name);
    if (execution)
      endExecution(state, execution, {
        code: codes.INTERNAL,
        message: 'The local cloud was restarted while the container ran.',
      });
  }
}

function logExit(state: RunState, execution: ExecutionRecord, how: Exited): void {
  if ('signal' in how)
    emitSystem(state, execution, 'WARNING', `Container terminated on signal ${how.signal}.`);
  else
    emitSystem(
      state,
      execution,
      how.exitCode === 0 ? 'INFO' : 'WARNING',
      `Container called exit(${how.exitCode}).`,
    );
}
