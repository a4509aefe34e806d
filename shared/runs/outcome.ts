import type { ExecutionInfo } from '../ports/index.ts';
import type { Ending } from './end.ts';

/** The agent contract's exit codes: what the container says of its own end. */
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
/** Cloud Run's words when a container passed its memory limit; the exit code says nothing then. */
const outOfMemory = /memory limit/i;

/**
 * How a run ended whose execution is over: from Cloud Run's own record, never from log text (D7). `isStopped`: it was we who
 * cancelled it, because it should have been over. Pure.
 */
export function outcome(
  execution: ExecutionInfo,
  timeoutSeconds: number,
  isStopped: boolean,
): Ending | undefined {
  const { over, startedAt } = execution;
  if (!over) return undefined;
  const { exitCode, signal, message = '' } = over.exit ?? {};
  const exit = {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
  if (over.outcome === 'succeeded') {
    return {
      event: 'succeed',
      reason: 'completed',
      why: 'its container ended well',
      ...exit,
      exitCode: 0,
    };
  }
  if (startedAt !== undefined && over.at - startedAt >= timeoutSeconds * 1_000) {
    return { event: 'time_out', reason: 'timeout', why: `it ran for ${timeoutSeconds} s`, ...exit };
  }
  if (over.outcome === 'cancelled' && isStopped) {
    return startedAt === undefined
      ? {
          event: 'fail',
          reason: 'container_not_started',
          why: 'its container did not start in time',
        }
      : { event: 'time_out', reason: 'timeout', why: `it ran for ${timeoutSeconds} s`, ...exit };
  }
  if (over.outcome === 'cancelled') {
    return {
      event: 'kill',
      reason: 'cancelled_outside',
      why: 'its execution was cancelled',
      ...exit,
    };
  }
  if (exitCode === rerunCode) {
    return { event: 'succeed', reason: 'rerun_requested', why: 'it asked to run again', ...exit };
  }
  if (outOfMemory.test(message)) {
    return { event: 'fail', reason: 'out_of_memory', why: message, ...exit };
  }
  if (exitCode === selfTimeoutCode) {
    return { event: 'time_out', reason: 'agent_timeout', why: 'its own timer went off', ...exit };
  }
  if (signal !== undefined) {
    return {
      event: 'fail',
      reason: 'signal',
      why: `its container was ended by signal ${signal}`,
      ...exit,
    };
  }
  if (exitCode !== undefined && exitCode !== 0) {
    const meaning = exitMeanings[exitCode];
    const why = `its container exited with ${exitCode}${meaning ? ` (${meaning})` : ''}`;
    return { event: 'fail', reason: 'exit_code', why, ...exit };
  }
  if (startedAt !== undefined) {
    const why = `its execution broke off${message && `: ${message}`}`;
    return { event: 'fail', reason: 'interrupted', why, ...exit };
  }
  return {
    event: 'fail',
    reason: 'container_not_started',
    why: message || 'its container did not start',
    ...exit,
  };
}
