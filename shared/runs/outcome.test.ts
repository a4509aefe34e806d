import { describe, expect, it } from 'vitest';
import type { ExecutionInfo, Exit } from '../ports/index.ts';
import { outcome } from './outcome.ts';

const timeoutSeconds = 60;

function over(
  how: 'succeeded' | 'failed' | 'cancelled',
  exit?: Partial<Exit>,
  seconds = 5,
): ExecutionInfo {
  const ended = { at: seconds * 1_000, outcome: how };
  return {
    name: 'x',
    startedAt: 0,
    over: exit ? { ...ended, exit: { message: '', ...exit } } : ended,
  };
}

function ending(execution: ExecutionInfo) {
  const { event, reason, exitCode, signal } = outcome(execution, timeoutSeconds, false) ?? {};
  return [event, reason, exitCode ?? signal];
}

describe('an execution that is over', () => {
  it('succeeded with exit code 0', () => {
    expect(ending(over('succeeded'))).toEqual(['succeed', 'completed', 0]);
  });

  it('failed with its exit code', () => {
    expect(ending(over('failed', { exitCode: 1 }))).toEqual(['fail', 'exit_code', 1]);
    expect(outcome(over('failed', { exitCode: 10 }), 60, false)?.why).toBe(
      'its container exited with 10 (authentication failed)',
    );
    expect(outcome(over('failed', { exitCode: 77 }), 60, false)?.why).toBe(
      'its container exited with 77',
    );
  });

  it('failed in Cloud Run, but well for its agent, when it asked to run again with 42', () => {
    expect(ending(over('failed', { exitCode: 42 }))).toEqual(['succeed', 'rerun_requested', 42]);
  });

  it('timed out when its own timer went off with 124', () => {
    expect(ending(over('failed', { exitCode: 124 }))).toEqual(['time_out', 'agent_timeout', 124]);
  });

  it('timed out when it ran as long as it may, whatever it then exited with', () => {
    expect(ending(over('failed', { exitCode: 1 }, 60))).toEqual(['time_out', 'timeout', 1]);
    expect(ending(over('failed', { signal: 9 }, 71))).toEqual(['time_out', 'timeout', 9]);
    expect(ending(over('cancelled', { signal: 15 }, 61))).toEqual(['time_out', 'timeout', 15]);
  });

  it('did not time out a moment earlier', () => {
    expect(ending(over('failed', { exitCode: 1 }, 59.999))).toEqual(['fail', 'exit_code', 1]);
  });

  it('was killed when somebody cancelled it', () => {
    expect(ending(over('cancelled', { signal: 15 }))).toEqual(['kill', 'cancelled_outside', 15]);
  });

  it('timed out, or never started, when it was we who cancelled it', () => {
    expect(outcome(over('cancelled', { signal: 15 }), 60, true)).toMatchObject({
      event: 'time_out',
      reason: 'timeout',
    });
    const pending: ExecutionInfo = { name: 'x', over: { at: 0, outcome: 'cancelled' } };
    expect(outcome(pending, 60, true)).toMatchObject({
      event: 'fail',
      reason: 'container_not_started',
    });
  });

  it('ran out of memory, which Cloud Run reports with exit code 0', () => {
    const message =
      'Task x failed with exit code: 0 and message: The configured memory limit was reached.';
    expect(ending(over('failed', { exitCode: 0, message }))).toEqual(['fail', 'out_of_memory', 0]);
  });

  it('was ended by a signal', () => {
    expect(ending(over('failed', { signal: 11 }))).toEqual(['fail', 'signal', 11]);
  });

  it('broke off while it ran, and nobody has an exit code', () => {
    const broken = over('failed', { message: 'The machine went away.' });
    expect(ending(broken)).toEqual(['fail', 'interrupted', undefined]);
    expect(outcome(broken, timeoutSeconds, false)?.why).toBe(
      'its execution broke off: The machine went away.',
    );
  });

  it('never started, and says why in the words of Cloud Run', () => {
    const never: ExecutionInfo = {
      name: 'x',
      over: { at: 0, outcome: 'failed', exit: { message: 'no such secret' } },
    };
    expect(outcome(never, timeoutSeconds, false)).toMatchObject({
      event: 'fail',
      reason: 'container_not_started',
      why: 'no such secret',
    });
    expect(outcome({ name: 'x', over: { at: 0, outcome: 'failed' } }, 60, false)?.why).toBe(
      'its container did not start',
    );
  });
});

it('an execution that runs has no outcome', () => {
  expect(outcome({ name: 'x', startedAt: 0 }, timeoutSeconds, false)).toBeUndefined();
});
