import { describe, expect, it } from 'vitest';
import type { ExecutionInfo, Exit } from '../ports/index.ts';
import { outcome } from './outcome.ts';
import type { Stop } from './run.ts';

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
  const { event, reason, exitCode, signal } = outcome(execution, timeoutSeconds, null) ?? {};
  return [event, reason, exitCode ?? signal];
}

const neverStarted: ExecutionInfo = { name: 'x', over: { at: 0, outcome: 'cancelled' } };

describe('an execution that is over', () => {
  it('succeeded with exit code 0', () => {
    expect(ending(over('succeeded'))).toEqual(['succeed', 'completed', 0]);
  });

  it('failed with its exit code', () => {
    expect(ending(over('failed', { exitCode: 1 }))).toEqual(['fail', 'exit_code', 1]);
    expect(outcome(over('failed', { exitCode: 10 }), 60, null)?.why).toBe(
      'its container exited with 10 (authentication failed)',
    );
    expect(outcome(over('failed', { exitCode: 77 }), 60, null)?.why).toBe(
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

  it('says in one clause why it ended so, for its reader', () => {
    const late: Stop = { reason: 'timeout', by: 'drover', why: 'late' };
    const why = (execution: ExecutionInfo, stop: Stop | null = null): string | undefined =>
      outcome(execution, 60, stop)?.why;
    expect(why(over('failed', { exitCode: 1 }, 60))).toBe('it ran for 60 s');
    expect(why(over('cancelled', { signal: 15 }), late)).toBe('it ran for 60 s');
    expect(why(neverStarted, late)).toBe('its container did not start in time');
    expect(why(over('cancelled', { signal: 15 }))).toBe('its execution was cancelled');
    expect(why(over('failed', { exitCode: 124 }))).toBe('its own timer went off');
    expect(why(over('failed', { signal: 11 }))).toBe('its container was ended by signal 11');
    expect(why(over('failed', { exitCode: 137 }))).toBe(
      'its container exited with 137 (SIGKILL: memory may have run out)',
    );
  });

  it('names no exit code and no signal where Cloud Run names none', () => {
    expect(outcome(over('failed'), 60, null)).toStrictEqual({
      event: 'fail',
      reason: 'interrupted',
      why: 'its execution broke off',
      seconds: 5,
    });
  });

  it('did not time out a moment earlier', () => {
    expect(ending(over('failed', { exitCode: 1 }, 59.999))).toEqual(['fail', 'exit_code', 1]);
  });

  it('was killed when somebody cancelled it', () => {
    expect(ending(over('cancelled', { signal: 15 }))).toEqual(['kill', 'cancelled_outside', 15]);
  });

  it('timed out, or never started, when we cancelled it because it should have been over', () => {
    const stop: Stop = { reason: 'timeout', by: 'drover', why: 'late' };
    expect(outcome(over('cancelled', { signal: 15 }), 60, stop)).toMatchObject({
      event: 'time_out',
      reason: 'timeout',
    });
    expect(outcome(neverStarted, 60, stop)).toMatchObject({
      event: 'fail',
      reason: 'container_not_started',
    });
  });

  it('was killed when somebody had us cancel it, whether it had started, and whatever it then exited with', () => {
    const stop: Stop = { reason: 'killed', by: 'octavia', why: 'wrong branch' };
    const killed = {
      event: 'kill',
      reason: 'killed',
      why: 'octavia killed it: wrong branch',
    };
    expect(outcome(over('cancelled', { signal: 15 }), 60, stop)).toMatchObject(killed);
    expect(outcome(over('cancelled', { exitCode: 42 }), 60, stop)).toMatchObject(killed);
    expect(outcome(over('cancelled', { signal: 9 }, 61), 60, stop)).toMatchObject(killed);
    expect(outcome(neverStarted, 60, stop)).toMatchObject(killed);
  });

  it('was superseded when a later run had us cancel it', () => {
    const stop: Stop = { reason: 'superseded', by: 'drover', why: '' };
    expect(outcome(over('cancelled', { signal: 15 }), 60, stop)).toMatchObject({
      event: 'kill',
      reason: 'superseded',
      why: 'a later run took its place',
    });
  });

  it('has the end that it came to by itself before our cancellation reached it', () => {
    const stop: Stop = { reason: 'killed', by: 'octavia', why: '' };
    expect(outcome(over('succeeded'), 60, stop)).toMatchObject({ reason: 'completed' });
    expect(outcome(over('failed', { exitCode: 3 }), 60, stop)).toMatchObject({
      reason: 'exit_code',
    });
  });

  it('was ended by SIGKILL when it exited with 137, unless Cloud Run says that memory ran out', () => {
    expect(ending(over('failed', { exitCode: 137 }))).toEqual(['fail', 'signal', 137]);
    const message = 'The configured memory limit was reached.';
    expect(ending(over('failed', { exitCode: 137, message }))).toEqual([
      'fail',
      'out_of_memory',
      137,
    ]);
  });

  it.each([
    [1, 'an error'],
    [10, 'authentication failed'],
    [11, 'permission denied'],
    [12, 'rate limited by every model'],
    [13, 'invalid configuration'],
    [14, 'a dependency failed'],
    [15, 'unrecoverable, as the agent said'],
    [16, 'aborted by a user'],
  ])('failed with exit code %i, and the reader is told that it means %s', (exitCode, meaning) => {
    expect(outcome(over('failed', { exitCode }), 60, null)).toMatchObject({
      event: 'fail',
      reason: 'exit_code',
      why: `its container exited with ${exitCode} (${meaning})`,
    });
  });

  it('tells how long its container ran, in seconds', () => {
    expect(outcome(over('succeeded', undefined, 12), 60, null)?.seconds).toBe(12);
    expect(outcome(neverStarted, 60, null)?.seconds).toBe(0);
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
    expect(outcome(broken, timeoutSeconds, null)?.why).toBe(
      'its execution broke off: The machine went away.',
    );
  });

  it('broke off as well where Cloud Run calls it failed and its container exited with 0', () => {
    expect(ending(over('failed', { exitCode: 0 }))).toEqual(['fail', 'interrupted', 0]);
  });

  it('never started, and says why in the words of Cloud Run', () => {
    const never: ExecutionInfo = {
      name: 'x',
      over: { at: 0, outcome: 'failed', exit: { message: 'no such secret' } },
    };
    expect(outcome(never, timeoutSeconds, null)).toMatchObject({
      event: 'fail',
      reason: 'container_not_started',
      why: 'no such secret',
    });
    expect(outcome({ name: 'x', over: { at: 0, outcome: 'failed' } }, 60, null)?.why).toBe(
      'its container did not start',
    );
  });
});

it('an execution that runs has no outcome', () => {
  expect(outcome({ name: 'x', startedAt: 0 }, timeoutSeconds, null)).toBeUndefined();
});
