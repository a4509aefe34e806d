import type { protos } from '@google-cloud/run';
import { describe, expect, it } from 'vitest';
import { isOver, readExecution, readJob } from './read.ts';

type Job = protos.google.cloud.run.v2.IJob;
type Execution = protos.google.cloud.run.v2.IExecution;
type Task = protos.google.cloud.run.v2.ITask;

const at = (seconds: number) => ({ seconds: String(seconds), nanos: 250_000_000 });
/** As the client library's Long objects are: a number only by way of their text. */
const long = (value: number) => ({
  low: value,
  high: 0,
  unsigned: false,
  toString: () => `${value}`,
});

const over: Execution = {
  name: 'projects/p/locations/r/jobs/j/executions/j-a1',
  taskCount: 1,
  startTime: at(10),
  completionTime: at(20),
  reconciling: false,
  runningCount: 0,
  succeededCount: 0,
  failedCount: 1,
  cancelledCount: 0,
  conditions: [{ type: 'Completed', state: 'CONDITION_FAILED', message: 'It failed.' }],
};
const ended = (result: Task['lastAttemptResult']): Task => ({ lastAttemptResult: result ?? null });

describe('reading an execution', () => {
  it.each<[string, Execution]>([
    ['has no completion time', { ...over, completionTime: null }],
    ['still runs something', { ...over, runningCount: 1 }],
    ['is being reconciled', { ...over, reconciling: true }],
  ])('does not call over what %s', (_, execution) => {
    expect(isOver(execution)).toBe(false);
    expect(readExecution(execution, undefined).over).toBeUndefined();
  });

  it('reads times to the millisecond', () => {
    expect(readExecution(over, undefined)).toMatchObject({
      name: 'j-a1',
      startedAt: 10_250,
      over: { at: 20_250 },
    });
  });

  it('reads exit codes and signals', () => {
    const status = { code: 2, message: 'Exited.' };
    const exit = (result: Task['lastAttemptResult']) =>
      readExecution(over, ended(result)).over?.exit;
    expect(exit({ status, exitCode: 42 })).toEqual({ exitCode: 42, message: 'Exited.' });
    expect(exit({ status, exitCode: 0, termSignal: 9 })).toEqual({ signal: 9, message: 'Exited.' });
  });

  it('does not read a failure with exit code 0 as an exit with 0', () => {
    const killed = readExecution(over, ended({ exitCode: 0, termSignal: 0 }));
    expect(killed.over).toMatchObject({ outcome: 'failed', exit: { message: 'It failed.' } });
    expect(killed.over?.exit).not.toHaveProperty('exitCode');
    const fine = { ...over, failedCount: 0, succeededCount: 1 };
    expect(readExecution(fine, ended({ exitCode: 0 })).over).toMatchObject({
      outcome: 'succeeded',
      exit: { exitCode: 0 },
    });
  });

  it('has no exit when Cloud Run has no task any more', () => {
    expect(readExecution(over, undefined).over).toEqual({ at: 20_250, outcome: 'failed' });
  });

  it.each<[string, Execution]>([
    ['a count', { ...over, cancelledCount: 1 }],
    ['a reason', { ...over, conditions: [{ type: 'Completed', executionReason: 'DELETED' }] }],
    ['a reason by number', { ...over, conditions: [{ type: 'Completed', executionReason: 3 }] }],
  ])('calls cancelled what says so by %s', (_, execution) => {
    expect(readExecution(execution, undefined).over?.outcome).toBe('cancelled');
  });
});

describe('reading a job', () => {
  const job: Job = {
    name: 'projects/p/locations/r/jobs/j',
    labels: { app: 'drover' },
    createTime: at(5),
    terminalCondition: { state: 'CONDITION_FAILED', reason: 'CONTAINER_MISSING', message: 'gone' },
  };

  it.each([
    ['CONTAINER_MISSING', 'image_not_found'],
    ['SECRETS_ACCESS_CHECK_FAILED', 'secret_unreadable'],
    ['INTERNAL', 'other'],
  ] as const)('reads the reason %s as %s', (reason, code) => {
    const condition = { state: 'CONDITION_FAILED', reason, message: 'why' } as const;
    expect(readJob({ ...job, terminalCondition: condition }).refusal).toEqual({
      code,
      message: 'why',
    });
  });

  it('reads what comes out of an operation: enums as numbers, seconds as Long', () => {
    const decoded = {
      ...job,
      createTime: { seconds: long(5), nanos: 0 },
      terminalCondition: { state: 3, reason: 6, message: 'gone' },
    } as unknown as Job;
    expect(readJob(decoded)).toEqual({
      id: 'j',
      labels: { app: 'drover' },
      createdAt: 5000,
      executionOver: false,
      refusal: { code: 'image_not_found', message: 'gone' },
    });
  });

  it('refuses nothing that has an execution, whose own ending says more', () => {
    const latest = { name: 'j-a1', completionTime: at(9) };
    expect(readJob({ ...job, latestCreatedExecution: latest })).toEqual({
      id: 'j',
      labels: { app: 'drover' },
      createdAt: 5250,
      execution: 'j-a1',
      executionOver: true,
    });
  });
});
