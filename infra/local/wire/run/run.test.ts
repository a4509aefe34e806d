import { type protos, v2 } from '@google-cloud/run';
import { credentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idle, parent, spec, testEngine } from '../../engines/run/test-engine.ts';
import { callCounter } from '../calls.ts';
import { faultTable } from '../faults.ts';
import { serve, type WireServer } from '../server.ts';
import { runServices } from './index.ts';

type Job = protos.google.cloud.run.v2.IJob;

const jobName = `${parent}/jobs/triage`;
const executionName = `${jobName}/executions/triage-a1`;

describe('Cloud Run over the wire, with its own clients', () => {
  let under: ReturnType<typeof testEngine>;
  let server: WireServer;
  let jobs: v2.JobsClient;
  let executions: v2.ExecutionsClient;
  let tasks: v2.TasksClient;

  beforeEach(async () => {
    under = testEngine();
    server = await serve(runServices(under.engine, { changed: () => {} }), 0, {
      calls: callCounter(),
      faults: faultTable(),
    });
    const options = {
      projectId: 'demo',
      apiEndpoint: '127.0.0.1',
      port: server.port,
      sslCreds: credentials.createInsecure(),
      universeDomain: 'googleapis.com',
    };
    jobs = new v2.JobsClient(options);
    executions = new v2.ExecutionsClient(options);
    tasks = new v2.TasksClient(options);
  });
  afterEach(async () => {
    await Promise.all([jobs.close(), executions.close(), tasks.close()]);
    await server.close();
  });

  const refusedWith = (code: number) => expect.objectContaining({ code });
  const job = (more: Job = {}): Job => ({
    labels: { app: 'drover' },
    startExecutionToken: 'a1',
    ...more,
    template: {
      labels: { run: 'triage-1' },
      template: {
        containers: [
          {
            image: 'agent:1',
            env: [
              { name: 'A', value: '' },
              { name: 'T', valueSource: { secretKeyRef: { secret: 'token', version: '1' } } },
            ],
            resources: { limits: { cpu: '1', memory: '1Gi' } },
            volumeMounts: [{ name: 'v', mountPath: '/credentials/a' }],
          },
        ],
        volumes: [{ name: 'v', secret: { secret: 'files', items: [{ path: 'f', version: '1' }] } }],
        maxRetries: 0,
        timeout: { seconds: 90, nanos: 500_000_000 },
      },
    },
  });
  const create = () => jobs.createJob({ parent, jobId: 'triage', job: job() });

  it('gives back a job as it was written, with the defaults of Cloud Run', async () => {
    await create();
    under.engine.take();
    under.engine.started(executionName);
    const [found] = await jobs.getJob({ name: jobName });
    expect(found).toMatchObject({
      name: jobName,
      labels: { app: 'drover' },
      startExecutionToken: 'a1',
      generation: '1',
      reconciling: false,
      createTime: { seconds: String(under.world.now / 1000) },
      terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED' },
      latestCreatedExecution: { name: 'triage-a1', completionStatus: 'EXECUTION_RUNNING' },
      template: {
        labels: { run: 'triage-1' },
        taskCount: 1,
        template: {
          maxRetries: 0,
          timeout: { seconds: '90', nanos: 500_000_000 },
          executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
          containers: [
            {
              image: 'agent:1',
              env: [
                { name: 'A', values: 'value', value: '' },
                { name: 'T', valueSource: { secretKeyRef: { secret: 'token', version: '1' } } },
              ],
              volumeMounts: [{ name: 'v', mountPath: '/credentials/a' }],
            },
          ],
        },
      },
    });
  });

  it('leaves retries and timeout to Cloud Run when they are not set, and takes a zero as one', async () => {
    const bare = { template: { template: { containers: [{ image: 'agent:1' }] } } };
    await jobs.createJob({ parent, jobId: 'bare', job: bare });
    const [found] = await jobs.getJob({ name: `${parent}/jobs/bare` });
    expect(found.template?.template).toMatchObject({ maxRetries: 3, timeout: { seconds: '600' } });
    await create();
    const [zero] = await jobs.getJob({ name: jobName });
    expect(zero.template?.template).toMatchObject({ maxRetries: 0 });
  });

  it('answers with an operation that carries the job and is waited for by the client', async () => {
    const [operation] = await create();
    expect(operation.metadata).toMatchObject({ name: jobName, reconciling: true });
    under.engine.take();
    under.engine.started(executionName);
    const [ready] = await operation.promise();
    expect(ready).toMatchObject({ name: jobName, labels: { app: 'drover' } });
    const checked = await jobs.checkCreateJobProgress(operation.name ?? '');
    expect(checked.done).toBe(true);
  });

  it('fails the operation with the code and the words of the refusal', async () => {
    under.world.images.clear();
    const [operation] = await create();
    under.engine.take();
    await expect(operation.promise()).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining("Image 'agent:1' not found."),
    });
    const [left] = await jobs.getJob({ name: jobName });
    expect(left.terminalCondition).toMatchObject({
      state: 'CONDITION_FAILED',
      reason: 'CONTAINER_MISSING',
    });
    expect(left.latestCreatedExecution).toBeNull();
  });

  it('names the execution of RunJob in the metadata at once', async () => {
    under.engine.createJob({ parent, jobId: 'triage', spec: idle() });
    under.engine.take();
    const overrides = {
      containerOverrides: [{ args: ['x'], env: [{ name: 'B', value: '1' }] }],
      timeout: { seconds: 5 },
    };
    const [operation] = await jobs.runJob({ name: jobName, overrides });
    const [action] = under.engine.take();
    expect(action).toMatchObject({ args: ['x'], env: { B: '1' }, timeoutSeconds: 5 });
    expect((operation.metadata as { name?: string }).name).toBe(action?.execution);
    under.engine.started(action?.execution ?? '');
    under.engine.exited(action?.execution ?? '', { exitCode: 0 });
    const [done] = await operation.promise();
    expect(done).toMatchObject({ name: action?.execution, succeededCount: 1 });
  });

  it('shows an execution and its task to their end', async () => {
    await create();
    under.engine.take();
    const [pending] = await executions.getExecution({ name: executionName });
    expect(pending).toMatchObject({
      reconciling: true,
      startTime: null,
      completionTime: null,
      taskCount: 1,
      job: 'triage',
    });
    under.engine.started(executionName);
    under.world.now += 1250;
    under.engine.exited(executionName, { exitCode: 42 });
    const [over] = await executions.getExecution({ name: executionName });
    expect(over).toMatchObject({
      reconciling: false,
      runningCount: 0,
      failedCount: 1,
      completionTime: { seconds: String((under.world.now - 250) / 1000), nanos: 250_000_000 },
      conditions: expect.arrayContaining([
        expect.objectContaining({ type: 'Completed', executionReason: 'NON_ZERO_EXIT_CODE' }),
      ]),
    });
    const [listed] = await tasks.listTasks({ parent: executionName });
    expect(listed).toHaveLength(1);
    const [task] = await tasks.getTask({ name: listed[0]?.name ?? '' });
    expect(task).toMatchObject({
      name: `${executionName}/tasks/triage-a1-task0`,
      execution: 'triage-a1',
      lastAttemptResult: { exitCode: 42, termSignal: 0, status: { code: 2 } },
    });
  });

  it('cancels and deletes by operation', async () => {
    await create();
    under.engine.take();
    under.engine.started(executionName);
    const [cancel] = await executions.cancelExecution({ name: executionName });
    const [remove] = await jobs.deleteJob({ name: jobName });
    expect(remove.metadata).toMatchObject({ name: jobName, deleteTime: expect.any(Object) });
    under.engine.take();
    under.engine.exited(executionName, { signal: 15 });
    await expect(cancel.promise()).resolves.toBeDefined();
    const [removed] = await remove.promise();
    expect(removed).toMatchObject({ name: jobName });
    await expect(jobs.getJob({ name: jobName })).rejects.toEqual(refusedWith(5));
  });

  it('lists over all pages', async () => {
    for (let index = 0; index < 150; index += 1)
      under.engine.createJob({ parent, jobId: `job-${index}`, spec: spec() });
    under.engine.take();
    const [all] = await jobs.listJobs({ parent });
    expect(all).toHaveLength(150);
    const [newest] = await executions.listExecutions({ parent: `${parent}/jobs/-` });
    expect(newest).toHaveLength(150);
    expect(newest[0]?.name).toContain('job-149-a1');
  });

  it('refuses with the codes of gRPC', async () => {
    await expect(jobs.getJob({ name: jobName })).rejects.toEqual(refusedWith(5));
    await create();
    await expect(create()).rejects.toEqual(refusedWith(6));
    await expect(jobs.createJob({ parent, jobId: 'Bad', job: job() })).rejects.toEqual(
      refusedWith(3),
    );
    await expect(
      jobs.updateJob({ job: { ...job(), name: `${parent}/jobs/none` } }),
    ).rejects.toEqual(refusedWith(5));
  });

  it('says which fields the local cloud has no use for, instead of dropping them', async () => {
    const fancy = job();
    const template = fancy.template?.template;
    if (!template) throw new Error('a job has a template');
    template.vpcAccess = { connector: 'c' };
    await expect(jobs.createJob({ parent, jobId: 'triage', job: fancy })).rejects.toMatchObject({
      code: 12,
      message: expect.stringContaining('vpcAccess'),
    });
  });
});
