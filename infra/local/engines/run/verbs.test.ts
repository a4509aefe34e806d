import { describe, expect, it } from 'vitest';
import { executionName, idle, jobName, mounted, parent, spec, testEngine } from './test-engine.ts';

const refused = (code: string, words = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

/** A job that is ready, with nothing running. */
function ready(changes: Parameters<typeof idle>[0] = {}) {
  const under = testEngine();
  under.engine.createJob({ parent, jobId: 'triage', spec: idle(changes) });
  under.engine.take();
  return under;
}

describe('making a job', () => {
  it('is an operation that is done when the job is ready', () => {
    const { engine } = testEngine();
    const { name, done, resource } = engine.createJob({ parent, jobId: 'triage', spec: idle() });
    expect(done).toBe(false);
    expect(resource).toMatchObject({
      job: { reconciling: true, terminalCondition: { state: 'CONDITION_PENDING' } },
    });
    expect(engine.take()).toEqual([]);
    expect(engine.getOperation({ name })).toMatchObject({
      done: true,
      resource: {
        job: { reconciling: false, terminalCondition: { state: 'CONDITION_SUCCEEDED' } },
      },
    });
  });

  it('is refused when there is one of that name', () => {
    const { engine } = ready();
    expect(() => engine.createJob({ parent, jobId: 'triage', spec: spec() })).toThrow(
      refused('ALREADY_EXISTS', "Resource 'triage' already exists"),
    );
  });

  it('leaves the job behind, and no execution, when its image is missing', () => {
    const { engine, events } = testEngine();
    const job = spec({ container: { image: 'gone:1' } });
    const { name } = engine.createJob({ parent, jobId: 'triage', spec: job });
    expect(engine.take()).toEqual([]);
    expect(engine.getOperation({ name })).toMatchObject({
      done: true,
      error: { code: 5, message: "Image 'gone:1' not found." },
    });
    expect(engine.getJob({ name: jobName })).toMatchObject({
      terminalCondition: { state: 'CONDITION_FAILED', reason: 'CONTAINER_MISSING' },
      record: { executionCount: 0 },
    });
    expect(engine.listExecutions({ parent: jobName }).executions).toEqual([]);
    expect(events()).toEqual([]);
  });

  it('leaves the job behind when a secret cannot be read', () => {
    const { engine, world } = testEngine();
    world.secrets.clear();
    const { name } = engine.createJob({ parent, jobId: 'triage', spec: spec(mounted('/c')) });
    engine.take();
    expect(engine.getOperation({ name }).error).toMatchObject({ code: 7 });
    expect(engine.getJob({ name: jobName }).terminalCondition).toMatchObject({
      state: 'CONDITION_FAILED',
      reason: 'SECRETS_ACCESS_CHECK_FAILED',
      message: 'Secret projects/demo/secrets/files/versions/1 was not found',
    });
  });

  it('with a run token is done when the execution is over, and fails with it', () => {
    const { engine } = testEngine();
    const job = { ...idle(), runExecutionToken: 'a1' };
    const { name } = engine.createJob({ parent, jobId: 'triage', spec: job });
    engine.take();
    engine.started(executionName);
    expect(engine.getOperation({ name }).done).toBe(false);
    engine.exited(executionName, { exitCode: 3 });
    expect(engine.getOperation({ name })).toMatchObject({ done: true, error: { code: 10 } });
  });
});

describe('changing a job', () => {
  it('replaces it, keeps its identity, and looks at it anew', () => {
    const { engine } = ready();
    const before = engine.getJob({ name: jobName }).record;
    const { name } = engine.updateJob({
      name: jobName,
      spec: idle({ container: { image: 'gone:1' } }),
    });
    engine.take();
    const after = engine.getJob({ name: jobName });
    expect(after.record).toMatchObject({ uid: before.uid, generation: 2, observedGeneration: 2 });
    expect(after.terminalCondition.reason).toBe('CONTAINER_MISSING');
    expect(engine.getOperation({ name }).error?.code).toBe(5);
  });

  it('starts an execution with a new token, and refuses one that was used', () => {
    const { engine } = ready();
    engine.updateJob({ name: jobName, spec: spec() });
    expect(engine.take()).toMatchObject([{ kind: 'start', execution: executionName }]);
    expect(() => engine.updateJob({ name: jobName, spec: spec() })).toThrow(
      refused('ALREADY_EXISTS', "Resource 'triage-a1' already exists"),
    );
  });

  it('makes a missing job only when it may, and minds the etag', () => {
    const { engine } = ready();
    const name = `${parent}/jobs/other`;
    expect(() => engine.updateJob({ name, spec: idle() })).toThrow(refused('NOT_FOUND'));
    engine.updateJob({ name, spec: idle(), allowMissing: true });
    expect(engine.getJob({ name }).record.generation).toBe(1);
    expect(() => engine.updateJob({ name: jobName, spec: idle(), etag: '"old"' })).toThrow(
      refused('ABORTED'),
    );
    expect(() => engine.deleteJob({ name: jobName, etag: '"old"' })).toThrow(refused('ABORTED'));
  });
});

describe('running a job', () => {
  it('starts another execution at each call', () => {
    const { engine } = ready();
    const first = engine.runJob({ name: jobName });
    const second = engine.runJob({ name: jobName });
    expect(first.done).toBe(false);
    const names = engine.take().map(({ execution }) => execution);
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/\/executions\/triage-[a-z0-9]{5}$/);
    expect(second.resource).toMatchObject({ execution: { record: { name: names[1] } } });
    expect(engine.getJob({ name: jobName }).record.executionCount).toBe(2);
    const listed = engine.listExecutions({ parent: `${parent}/jobs/-` }).executions;
    expect(listed.map(({ record }) => record.name)).toEqual(names.reverse());
  });

  it('fails its operation when the execution fails', () => {
    const { engine } = ready();
    const { name } = engine.runJob({ name: jobName });
    const [action] = engine.take();
    engine.started(action?.execution ?? '');
    engine.exited(action?.execution ?? '', { exitCode: 1 });
    expect(engine.getOperation({ name })).toMatchObject({
      done: true,
      error: { message: 'The container exited with an error.' },
      resource: { execution: { counts: { failed: 1 } } },
    });
  });

  it('lets one execution have other arguments, variables and another timeout', () => {
    const { engine } = ready({
      container: { name: 'agent', args: ['a'], env: [{ name: 'A', value: '1' }] },
    });
    const env = [
      { name: 'A', value: '2' },
      { name: 'B', value: '3' },
    ];
    engine.runJob({
      name: jobName,
      overrides: {
        containers: [{ name: 'agent', args: ['b'], clearArgs: false, env }],
        timeoutSeconds: 5,
      },
    });
    engine.runJob({ name: jobName });
    expect(engine.take()).toMatchObject([
      { args: ['b'], env: { A: '2', B: '3' }, timeoutSeconds: 5 },
      { args: ['a'], env: { A: '1' }, timeoutSeconds: 60 },
    ]);
  });

  it('refuses overrides of another container, and of secrets', () => {
    const secret = { secret: 'token', version: '1' };
    const { engine } = ready({ container: { env: [{ name: 'T', secret }] } });
    const container = { name: '', args: [], clearArgs: false, env: [] };
    const run = (change: object) =>
      engine.runJob({
        name: jobName,
        overrides: { containers: [{ ...container, ...change }] },
      });
    expect(() => run({ name: 'other' })).toThrow(refused('INVALID_ARGUMENT', 'no container'));
    expect(() => run({ env: [{ name: 'T', value: 'x' }] })).toThrow(refused('INVALID_ARGUMENT'));
    expect(() => run({ env: [{ name: 'N', secret }] })).toThrow(refused('INVALID_ARGUMENT'));
    expect(() => run({ args: ['a'], clearArgs: true })).toThrow(refused('INVALID_ARGUMENT'));
  });

  it('is refused while the job is not ready, and when it is missing', () => {
    const { engine } = testEngine();
    expect(() => engine.runJob({ name: jobName })).toThrow(refused('NOT_FOUND'));
    engine.createJob({ parent, jobId: 'triage', spec: idle() });
    expect(() => engine.runJob({ name: jobName })).toThrow(refused('FAILED_PRECONDITION'));
  });
});

describe('cancelling and deleting an execution', () => {
  it('fails the operation of cancelling with the failure of what was cancelled', () => {
    const { engine } = testEngine();
    engine.createJob({ parent, jobId: 'triage', spec: spec() });
    engine.take();
    engine.started(executionName);
    const { name, done } = engine.cancelExecution({ name: executionName });
    expect(done).toBe(false);
    engine.take();
    engine.exited(executionName, { signal: 15 });
    expect(engine.getOperation({ name })).toMatchObject({ done: true, error: { code: 10 } });
  });

  it('never starts what was cancelled while it was pending', () => {
    const { engine, events } = ready();
    const { resource } = engine.runJob({ name: jobName });
    const name = 'execution' in resource ? resource.execution.record.name : '';
    expect(engine.cancelExecution({ name }).done).toBe(true);
    expect(engine.take()).toEqual([]);
    expect(engine.getExecution({ name })).toMatchObject({
      counts: { cancelled: 1 },
      record: { over: { message: expect.stringContaining('was cancelled') } },
    });
    expect(events()).toHaveLength(1);
  });

  it('removes a finished execution and leaves the job', () => {
    const { engine } = testEngine();
    engine.createJob({ parent, jobId: 'triage', spec: spec() });
    engine.take();
    engine.started(executionName);
    engine.exited(executionName, { exitCode: 0 });
    expect(engine.deleteExecution({ name: executionName }).done).toBe(true);
    expect(() => engine.listTasks({ parent: executionName })).toThrow(refused('NOT_FOUND'));
    expect(engine.getJob({ name: jobName }).record.executionCount).toBe(1);
  });
});

describe('listing', () => {
  it('goes page by page, over what is deleted in between', () => {
    const { engine } = testEngine();
    for (let index = 10; index < 35; index += 1)
      engine.createJob({ parent, jobId: `job-${index}`, spec: idle() });
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = engine.listJobs({ parent, pageSize: 10, pageToken });
      ids.push(...page.jobs.map(({ record }) => record.name.slice(-2)));
      pageToken = page.nextPageToken;
      for (const { record } of page.jobs) engine.deleteJob({ name: record.name });
    } while (pageToken !== '');
    expect(ids).toEqual(Array.from({ length: 25 }, (_, index) => String(index + 10)));
  });

  it('refuses a token it did not give, and a parent it does not have', () => {
    const { engine } = testEngine();
    expect(() => engine.listJobs({ parent, pageToken: 'x' })).toThrow(refused('INVALID_ARGUMENT'));
    expect(() => engine.listExecutions({ parent: jobName })).toThrow(refused('NOT_FOUND'));
    expect(() => engine.getOperation({ name: `${parent}/operations/x` })).toThrow(
      refused('NOT_FOUND'),
    );
  });
});

describe('quotas', () => {
  it('refuses a write beyond its minute, and allows it in the next', () => {
    const { engine, world } = testEngine();
    engine.limit({ writesPerMinute: 2 });
    const create = (jobId: string) => engine.createJob({ parent, jobId, spec: idle() });
    create('a');
    create('b');
    expect(() => create('c')).toThrow(refused('RESOURCE_EXHAUSTED', 'Quota exceeded'));
    world.now += 60_000;
    expect(create('c').done).toBe(false);
  });

  it('refuses one execution more than may run', () => {
    const { engine } = ready();
    engine.limit({ runningExecutions: 1 });
    engine.runJob({ name: jobName });
    expect(() => engine.runJob({ name: jobName })).toThrow(refused('RESOURCE_EXHAUSTED'));
    expect(() => engine.createJob({ parent, jobId: 'b', spec: spec() })).toThrow(
      refused('RESOURCE_EXHAUSTED'),
    );
  });

  it('keeps a thousand finished executions a job', () => {
    const { engine, store } = ready();
    for (let run = 0; run < 1003; run += 1) {
      engine.runJob({ name: jobName });
      for (const { execution } of engine.take()) engine.couldNotStart(execution, 'no');
    }
    expect(store.entries('run.executions')).toHaveLength(1000);
  });
});
