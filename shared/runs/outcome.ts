import type { ExecutionInfo } from '../ports/index.ts';
import type { Ending } from './end.ts';
import type { Stop } from './run.ts';
import { stopEnding } from './stop.ts';

/** The agent contract's exit codes that mean a failure: what the container says of its own end. Any other is one as well. */
const exitMeanings: { readonly [code: number]: string } = {
  1: 'an error',
  10: 'authentication failed',
  11: 'permission denied',
  12: 'rate limited by every model',
  13: 'invalid configuration',
  14: 'a dependency failed',
  15: 'unrecoverable, as the agent said',
  16: 'aborted by a user',
};

/** Asked to run again; a success that the agent contract spells as a code. */
const rerunCode = 42;
/** The container's own timer went off. */
const selfTimeoutCode = 124;
/** What a shell answers for a process of its that was ended by SIGKILL: the contract's word for having run out of memory. */
const killedCode = 137;
/** Cloud Run's words when a container passed its memory limit; the exit code says nothing then. */
const outOfMemory = /memory limit/i;

/**
 * How a run ended whose execution is over: from Cloud Run's own record, never from log text (D7). Pure.
 *
 * @param stop Why we told it to stop, if we did: it is believed when Cloud Run says that the execution was cancelled. An
 * execution that came to its own end before it was reached has that end.
 */
export function outcome(
  execution: ExecutionInfo,
  timeoutSeconds: number,
  stop: Stop | null,
): Ending | undefined {
  const { over, startedAt } = execution;
  if (!over) return undefined;
  const { exitCode, signal } = over.exit ?? {};
  return {
    ...endingOf(execution, over, timeoutSeconds, stop),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    seconds: startedAt === undefined ? 0 : Math.max(0, over.at - startedAt) / 1_000,
  };
}

function endingOf(
  { startedAt }: ExecutionInfo,
  over: NonNullable<ExecutionInfo['over']>,
  timeoutSeconds: number,
  stop: Stop | null,
): Ending {
  if (over.outcome === 'succeeded') {
    return { event: 'succeed', reason: 'completed', why: 'its container ended well', exitCode: 0 };
  }
  const isCancelled = over.outcome === 'cancelled';
  if (isCancelled && stop && stop.reason !== 'timeout') return stopEnding(stop);
  if (startedAt !== undefined && over.at - startedAt >= timeoutSeconds * 1_000) {
    return { event: 'time_out', reason: 'timeout', why: `it ran for ${timeoutSeconds} s` };
  }
  if (isCancelled && stop) {
    return startedAt === undefined
      ? notStarted('its container did not start in time')
      : { ...stopEnding(stop), why: `it ran for ${timeoutSeconds} s` };
  }
  if (isCancelled) {
    return { event: 'kill', reason: 'cancelled_outside', why: 'its execution was cancelled' };
  }
  return failure(startedAt !== undefined, over.exit);
}

/** How it ended when Cloud Run says that it failed: in the container's own word, as far as there is one. */
function failure(hasStarted: boolean, exit: NonNullable<ExecutionInfo['over']>['exit']): Ending {
  const { exitCode, signal, message = '' } = exit ?? {};
  if (exitCode === rerunCode) {
    return { event: 'succeed', reason: 'rerun_requested', why: 'it asked to run again' };
  }
  if (outOfMemory.test(message)) return { event: 'fail', reason: 'out_of_memory', why: message };
  if (exitCode === selfTimeoutCode) {
    return { event: 'time_out', reason: 'agent_timeout', why: 'its own timer went off' };
  }
  if (signal !== undefined) {
    const why = `its container was ended by signal ${signal}`;
    return { event: 'fail', reason: 'signal', why };
  }
  if (exitCode === killedCode) {
    const why = `its container exited with ${killedCode} (SIGKILL: memory may have run out)`;
    return { event: 'fail', reason: 'signal', why };
  }
  if (exitCode !== undefined && exitCode !== 0) {
    const meaning = exitMeanings[exitCode];
    const why = `its container exited with ${exitCode}${meaning ? ` (${meaning})` : ''}`;
    return { event: 'fail', reason: 'exit_code', why };
  }
  if (!hasStarted) return notStarted(message || 'its container did not start');
  const why = `its execution broke off${message && `: ${message}`}`;
  return { event: 'fail', reason: 'interrupted', why };
}

function notStarted(why: string): Ending {
  return { event: 'fail', reason: 'container_not_started', why };
}
