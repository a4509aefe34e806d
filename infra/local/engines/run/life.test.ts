import { describe, expect, it } from 'vitest';
import { executionName, jobName, mounted, parent, spec, testEngine } from './test-engine.ts';

type Changes = Parameters<typeof spec>[0];

function launched(changes: Changes = {}) {
  const under = testEngine();
  const { name } = under.engine.createJob({ parent, jobId: 'triage', spec: spec(changes) });
  const actions = under.engine.take();
  const execution = () => under.engine.getExecution({ name: executionName });
  const task = () => under.engine.getTask({ name: `${executionName}/tasks/triage-a1-task0` });
  const job = () => under.engine.getJob({ name: jobName });
  const operation = () => under.engine.getOperation({ name });
  return { ...under, actions, execution, task, job, operation };
}

function running(changes: Changes = {}) {
  const under = launched(changes);
  under.engine.started(executionName);
  return under;
}

describe('an execution', () => {
  it('starts with its variables, files and labels resolved', () => {
    const { task, container } = mounted('/credentials/a');
    const { actions } = launched({
      task,
      container: {
        ...container,
        env: [
          { name: 'A', value: 'plain' },
          { name: 'T', secret: { secret: 'projects/demo/secrets/token', version: '1' } },
        ],
      },
    });
    expect(actions).toEqual([
      {
        kind: 'start',
        execution: executionName,
        attempt: 0,
        image: 'agent:1',
        command: [],
        args: [],
        labels: { app: 'drover', run: 'triage-1' },
        env: { A: 'plain', T: 'hush' },
        files: [
          { directory: '/credentials/a', name: 'token', content: Buffer.from('one'), mode: 0o444 },
        ],
        timeoutSeconds: 60,
      },
    ]);
  });

  it('shows a whole secret as one file of its name, and takes write permission off every mode', () => {
    const { task, container } = mounted('/c', '/d');
    const [whole, moded] = task.volumes;
    if (!whole || !moded) throw new Error('two paths, two volumes');
    whole.secret.items = [];
    moded.secret.defaultMode = 0o640;
    const [action] = launched({ task, container }).actions;
    expect(action?.kind === 'start' && action.files).toEqual([
      { directory: '/c', name: 'files', content: Buffer.from('two'), mode: 0o444 },
      { directory: '/d', name: 'token', content: Buffer.from('one'), mode: 0o440 },
    ]);
  });

  it('is pending, then running, then over, and its job says the same', () => {
    const { engine, world, job, execution, operation } = launched();
    expect(execution().conditions[0]).toMatchObject({
      type: 'Completed',
      state: 'CONDITION_PENDING',
    });
    expect(job()).toMatchObject({
      reconciling: true,
      latest: { name: 'triage-a1', status: 'EXECUTION_PENDING' },
    });
    expect(operation().done).toBe(false);

    engine.started(executionName);
    expect(execution()).toMatchObject({ reconciling: true, counts: { running: 1 } });
    expect(job()).toMatchObject({
      reconciling: false,
      terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED' },
      latest: { status: 'EXECUTION_RUNNING' },
    });
    expect(operation()).toMatchObject({ done: true });
    expect(operation()).not.toHaveProperty('error');

    world.now += 2500;
    engine.exited(executionName, { exitCode: 0 });
    expect(execution()).toMatchObject({
      reconciling: false,
      counts: { running: 0, succeeded: 1, failed: 0, cancelled: 0 },
      record: { over: { at: world.now, outcome: 'succeeded' } },
    });
    expect(execution().conditions[0]?.message).toBe('Execution completed successfully in 2.50s.');
    expect(job().latest).toMatchObject({ status: 'EXECUTION_SUCCEEDED', completedAt: world.now });
    expect(engine.nextDue()).toBeUndefined();
  });

  it('fails with the exit code in its message, its task and its reason', () => {
    const { engine, execution, task, events } = running();
    engine.exited(executionName, { exitCode: 42 });
    expect(execution().conditions[0]).toMatchObject({
      state: 'CONDITION_FAILED',
      executionReason: 'NON_ZERO_EXIT_CODE',
      message:
        'Task triage-a1-task0 failed with exit code: 42 and message: The container exited with an error.',
    });
    expect(task().record.lastAttempt).toMatchObject({ code: 2, exitCode: 42 });
    expect(events()).toHaveLength(1);
  });

  it('gets SIGTERM at its timeout and SIGKILL ten seconds later, each once', () => {
    const { engine, world, pass, execution } = running();
    expect(engine.nextDue()).toBe(world.now + 60_000);
    expect(pass(59_999)).toEqual([]);
    expect(pass(1)).toEqual([{ kind: 'signal', execution: executionName, signal: 'SIGTERM' }]);
    expect(engine.nextDue()).toBe(world.now + 10_000);
    expect(pass(9999)).toEqual([]);
    expect(pass(1)).toEqual([{ kind: 'signal', execution: executionName, signal: 'SIGKILL' }]);
    expect(engine.nextDue()).toBeUndefined();
    engine.exited(executionName, { signal: 9 });
    expect(execution().record).toMatchObject({
      over: { outcome: 'failed' },
      lastAttempt: { code: 4, signal: 9, message: 'The configured timeout was reached.' },
    });
  });

  it('has failed when it ran out of time, even if it then exits with 0', () => {
    const { engine, pass, execution } = running();
    pass(60_000);
    engine.exited(executionName, { exitCode: 0 });
    expect(execution().record.over?.outcome).toBe('failed');
  });

  it('is tried again after a failure as often as the job allows, each time with its whole timeout', () => {
    const { engine, world, pass, execution, events } = running({ task: { maxRetries: 1 } });
    pass(50_000);
    engine.exited(executionName, { exitCode: 1 });
    expect(execution()).toMatchObject({ reconciling: true, counts: { retried: 1 } });
    expect(events()).toEqual([]);
    expect(engine.take()).toMatchObject([{ kind: 'start', attempt: 1 }]);
    engine.started(executionName);
    expect(engine.nextDue()).toBe(world.now + 60_000);
    engine.exited(executionName, { exitCode: 1 });
    expect(execution().record.over?.outcome).toBe('failed');
    expect(events()).toHaveLength(1);
  });

  it('is stopped as soon as it runs when it was cancelled while it was being started', () => {
    const { engine, execution, operation, job } = launched();
    engine.cancelExecution({ name: executionName });
    expect(engine.take()).toEqual([]);
    engine.started(executionName);
    expect(engine.take()).toEqual([
      { kind: 'signal', execution: executionName, signal: 'SIGTERM' },
    ]);
    engine.exited(executionName, { signal: 15 });
    expect(execution().conditions[0]).toMatchObject({ executionReason: 'CANCELLED' });
    expect(operation().done).toBe(true);
    expect(job().latest?.status).toBe('EXECUTION_CANCELLED');
  });

  it('cannot be cancelled when it is over', () => {
    const { engine } = running();
    engine.exited(executionName, { exitCode: 0 });
    expect(() => engine.cancelExecution({ name: executionName })).toThrow(
      expect.objectContaining({
        code: 'FAILED_PRECONDITION',
        message: expect.stringContaining('cannot be cancelled because it is not running'),
      }),
    );
  });

  it('does not start when a secret went away since the job was made, and only the system event says so', () => {
    const under = testEngine();
    under.engine.createJob({
      parent,
      jobId: 'triage',
      spec: {
        ...spec({ container: { env: [{ name: 'T', secret: { secret: 'token', version: '1' } }] } }),
      },
    });
    const read = under.world.secrets;
    let reads = 0;
    under.world.secrets = Object.assign(new Map(read), {
      get: (key: string) => (reads++ === 0 ? read.get(key) : undefined),
    });
    expect(under.engine.take()).toEqual([]);
    const { record } = under.engine.getExecution({ name: executionName });
    expect(record.startedAt).toBeUndefined();
    expect(record.over?.message).toContain('secrets/token/versions/1 was not found');
    expect(under.world.entries).toEqual(under.events());
    expect(under.events()).toHaveLength(1);
    expect(under.engine.getJob({ name: jobName }).terminalCondition.state).toBe('CONDITION_FAILED');
  });

  it('says why a container could not start', () => {
    const { engine, execution, operation } = launched();
    engine.couldNotStart(executionName, 'no such program');
    expect(execution().record).toMatchObject({
      over: { outcome: 'failed' },
      lastAttempt: { message: 'no such program' },
    });
    expect(operation().error?.message).toContain('no such program');
  });

  it('ignores reports about what it does not know or what is over', () => {
    const { engine, execution } = running();
    engine.exited(executionName, { exitCode: 0 });
    const before = execution();
    engine.exited(executionName, { exitCode: 1 });
    engine.started(executionName);
    engine.couldNotStart(executionName, 'late');
    engine.exited(`${jobName}/executions/none`, { exitCode: 1 });
    expect(execution()).toEqual(before);
  });
});

describe('deleting a job', () => {
  it('hides it at once, stops what runs, and is done when that has ended', () => {
    const { engine, world, events } = running();
    const operation = engine.deleteJob({ name: jobName });
    expect(operation).toMatchObject({ done: false, resource: { job: { deletedAt: world.now } } });
    const missing = expect.objectContaining({ code: 'NOT_FOUND' });
    expect(() => engine.getJob({ name: jobName })).toThrow(missing);
    expect(() => engine.getExecution({ name: executionName })).toThrow(missing);
    expect(engine.take()).toEqual([
      { kind: 'signal', execution: executionName, signal: 'SIGTERM' },
    ]);
    expect(() => engine.createJob({ parent, jobId: 'triage', spec: spec() })).toThrow(
      expect.objectContaining({ code: 'ABORTED' }),
    );
    engine.exited(executionName, { signal: 15 });
    expect(engine.getOperation({ name: operation.name })).toMatchObject({ done: true });
    expect(events()).toHaveLength(1);
    expect(engine.createJob({ parent, jobId: 'triage', spec: spec() }).done).toBe(false);
  });

  it('forgets an execution that was never started', () => {
    const { engine, store } = launched();
    engine.deleteExecution({ name: executionName });
    engine.couldNotStart(executionName, 'too late');
    expect(store.entries('run.executions')).toEqual([]);
    expect(engine.nextDue()).toBeUndefined();
  });
});

describe('after a restart', () => {
  it('ends as failed what ran in the process before, saying so', () => {
    const before = running();
    const { engine, world, events } = testEngine(before.store, 5000);
    expect(engine.nextDue()).toBe(world.now);
    expect(engine.take()).toEqual([]);
    const { record } = engine.getExecution({ name: executionName });
    expect(record.over).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('The local cloud was restarted'),
    });
    expect(record.lastAttempt).not.toHaveProperty('exitCode');
    expect(events()).toHaveLength(1);
  });

  it('believes an executor that says how it ended', () => {
    const { engine } = testEngine(running().store);
    engine.exited(executionName, { exitCode: 0 });
    expect(engine.take()).toEqual([]);
    expect(engine.getExecution({ name: executionName }).record.over?.outcome).toBe('succeeded');
  });

  it('does not start again what was handed out, and starts what was not', () => {
    const handedOut = launched();
    expect(testEngine(handedOut.store).engine.take()).toEqual([]);

    const made = testEngine();
    made.engine.createJob({ parent, jobId: 'triage', spec: spec() });
    expect(testEngine(made.store).engine.take()).toMatchObject([{ kind: 'start' }]);
  });

  it('still knows its jobs, executions and operations', () => {
    const before = running();
    before.engine.exited(executionName, { exitCode: 42 });
    const { engine } = testEngine(before.store, 1000);
    expect(engine.getJob({ name: jobName })).toEqual(before.job());
    expect(engine.getExecution({ name: executionName })).toEqual(before.execution());
    expect(engine.listOperations({ name: parent }).operations).toEqual([before.operation()]);
  });
});
