import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../infra/local/engines/log-entry.ts';
import type { RunQuotas } from '../../infra/local/engines/run/index.ts';
import type { ExecutionInfo, Jobs, NewJob } from '../../shared/ports/index.ts';

/** One implementation of {@link Jobs}, with containers that really run. */
export interface JobsUnderTest {
  jobs: Jobs;
  /** Everything that was logged so far, in order. */
  entries: LogEntry[];
  /** Full names of the executions whose process was started, in order. */
  started(): string[];
  /** Changes what is refused with `resource_exhausted`. */
  limit(quotas: Partial<RunQuotas>): void;
  close(): Promise<void>;
}

const plain: Omit<NewJob, 'id' | 'image'> = {
  startToken: 'a1',
  serviceAccount: 'drover-a-test',
  env: {},
  secretEnv: {},
  secretFiles: [],
  memory: '512Mi',
  cpus: '1',
  timeoutSeconds: 60,
  labels: { app: 'drover' },
};

/** Asks until there is an answer. */
async function eventually<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let left = 1000; left > 0; left -= 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('it never came about');
}

/** What every implementation of {@link Jobs} must do. */
export function jobsContract(name: string, setup: () => Promise<JobsUnderTest>): void {
  describe(`jobs: ${name}`, () => {
    let under: JobsUnderTest;
    let jobs: Jobs;

    beforeEach(async () => {
      under = await setup();
      jobs = under.jobs;
    });
    afterEach(() => under.close());

    const start = (image: string, more: Partial<NewJob> = {}) =>
      jobs.start({ ...plain, id: 'job', image, ...more });
    const ending = () =>
      eventually(async () => {
        const info = await jobs.execution('job', 'job-a1');
        return info?.over && { ...info, over: info.over };
      });
    const running = () =>
      eventually(async () => {
        const info = await jobs.execution('job', 'job-a1');
        return info?.startedAt === undefined ? undefined : info;
      });
    const output = (log: string): string[] =>
      under.entries
        .filter(({ logName }) => logName.endsWith(encodeURIComponent(`/${log}`)))
        .map(({ payload }) => ('text' in payload ? payload.text : ''));
    const pid = () =>
      eventually(() => {
        const line = output('stdout').find((text) => text.startsWith('pid '));
        return line === undefined ? undefined : Number(line.slice(4));
      });
    const goneProcess = (process: number) => eventually(() => (alive(process) ? undefined : true));
    const refusedWith = (code: string) => ({ name: 'CloudError', code });

    it('starts one execution, named after the job and the token', async () => {
      expect(await start('ok')).toBe('accepted');
      const info = await ending();
      expect(info).toMatchObject({
        name: 'job-a1',
        over: { outcome: 'succeeded', exit: { exitCode: 0 } },
      });
      expect(info.startedAt).toBeLessThanOrEqual(info.over.at);
      expect(await jobs.get('job')).toEqual({
        id: 'job',
        labels: { app: 'drover' },
        createdAt: expect.any(Number),
        execution: 'job-a1',
        executionOver: true,
      });
      expect(output('stdout')).toEqual(['done']);
    });

    it.each([
      ['rerun', 42],
      ['broken', 1],
    ])('tells the exit code of %s', async (image, exitCode) => {
      await start(image);
      const { over } = await ending();
      expect(over).toMatchObject({ outcome: 'failed', exit: { exitCode } });
      expect(over.exit).not.toHaveProperty('signal');
    });

    it('tells the signal that ended a container', async () => {
      await start('suicide');
      const { over } = await ending();
      expect(over).toMatchObject({ outcome: 'failed', exit: { signal: 9 } });
      expect(over.exit).not.toHaveProperty('exitCode');
    });

    it('says of a running execution that it started and is not over', async () => {
      await start('sleeper');
      const info: ExecutionInfo = await running();
      expect(info.over).toBeUndefined();
      expect(await jobs.get('job')).toMatchObject({ execution: 'job-a1', executionOver: false });
    });

    it('ends a container with SIGTERM at its timeout', async () => {
      await start('sleeper', { timeoutSeconds: 1 });
      const { over, startedAt } = await ending();
      expect(over).toMatchObject({
        outcome: 'failed',
        exit: { signal: 15, message: 'The configured timeout was reached.' },
      });
      expect(over.at - (startedAt ?? 0)).toBeGreaterThanOrEqual(1000);
    });

    it('kills a container that does not heed SIGTERM', async () => {
      await start('stubborn');
      const process = await pid();
      expect(await jobs.cancel('job', 'job-a1')).toBe('cancelling');
      const { over } = await ending();
      expect(over).toMatchObject({ outcome: 'cancelled', exit: { signal: 9 } });
      expect(alive(process)).toBe(false);
    });

    it('cancels what runs, and answers over for what does not', async () => {
      await start('sleeper');
      const process = await pid();
      await running();
      expect(await jobs.cancel('job', 'job-a1')).toBe('cancelling');
      expect((await ending()).over).toMatchObject({ outcome: 'cancelled' });
      expect(alive(process)).toBe(false);
      expect(await jobs.cancel('job', 'job-a1')).toBe('over');
      expect(await jobs.cancel('job', 'job-other')).toBe('over');
      expect(await jobs.cancel('none', 'none-a1')).toBe('over');
    });

    it('deletes a job with its executions, and what runs of it dies', async () => {
      await start('sleeper');
      const process = await pid();
      expect(await jobs.delete('job')).toBe('deleted');
      await goneProcess(process);
      expect(await jobs.get('job')).toBeUndefined();
      expect(await jobs.execution('job', 'job-a1')).toBeUndefined();
      expect(await jobs.delete('job')).toBe('absent');
    });

    it('answers undefined for what is not there', async () => {
      expect(await jobs.get('none')).toBeUndefined();
      expect(await jobs.execution('none', 'none-a1')).toBeUndefined();
      await start('ok');
      expect(await jobs.execution('job', 'job-b2')).toBeUndefined();
    });

    it('starts a job once, however often it is asked to', async () => {
      const answers = await Promise.all([start('ok'), start('ok'), start('broken')]);
      expect(answers.sort()).toEqual(['accepted', 'exists', 'exists']);
      await ending();
      expect(await start('ok')).toBe('exists');
      expect(under.started()).toHaveLength(1);
      expect(under.started()[0]).toMatch(/\/jobs\/job\/executions\/job-a1$/);
    });

    it('gives variables, and secrets as variables by version', async () => {
      await start('greeter', {
        env: { GREETING: 'good morning' },
        secretEnv: { TOKEN: { secret: 'run-token', version: '2' } },
      });
      await ending();
      expect(output('stdout')).toEqual(['good morning, hush']);
    });

    it('gives versions of secrets as files, for their owner only', async () => {
      await start('reader', {
        secretFiles: [
          {
            directory: '/credentials/github/default',
            secret: 'github',
            files: { token: '1', user: '2' },
          },
          { directory: '/credentials/ssh/deploy', secret: 'ssh', files: { key: '1' } },
        ],
      });
      expect((await ending()).over).toMatchObject({ outcome: 'succeeded' });
      expect(output('stdout')).toEqual([
        'github/default/token=ghp_1 400',
        'github/default/user=someone 400',
        'ssh/deploy/key=key 400',
      ]);
    });

    it('leaves behind, refused and not started, a job whose image is missing', async () => {
      expect(await start('nothing')).toBe('accepted');
      const job = await eventually(async () => {
        const info = await jobs.get('job');
        return info?.refusal && info;
      });
      expect(job.refusal).toEqual({
        code: 'image_not_found',
        message: "Image 'nothing' not found.",
      });
      expect(job.execution).toBeUndefined();
      expect(await jobs.execution('job', 'job-a1')).toBeUndefined();
      expect(await start('ok')).toBe('exists');
      expect(await jobs.delete('job')).toBe('deleted');
      expect(under.started()).toEqual([]);
    });

    it.each<[string, Partial<NewJob>]>([
      ['variable', { secretEnv: { TOKEN: { secret: 'nobody', version: '1' } } }],
      ['file', { secretFiles: [{ directory: '/c/a', secret: 'ssh', files: { key: '7' } }] }],
    ])(
      'leaves behind, refused and not started, a job whose secret %s cannot be read',
      async (_, more) => {
        expect(await start('ok', more)).toBe('accepted');
        const job = await eventually(async () => {
          const info = await jobs.get('job');
          return info?.refusal && info;
        });
        expect(job.refusal?.code).toBe('secret_unreadable');
        expect(job.execution).toBeUndefined();
        expect(under.started()).toEqual([]);
      },
    );

    it('lists the jobs that carry all labels, however many there are', async () => {
      const many = Array.from({ length: 120 }, (_, index) =>
        start('nothing', { id: `many-${index}`, labels: { app: 'drover', kind: 'many' } }),
      );
      await Promise.all([...many, start('nothing', { labels: { app: 'drover', kind: 'one' } })]);
      expect(await jobs.list({ app: 'drover' })).toHaveLength(121);
      const found = await jobs.list({ app: 'drover', kind: 'many' });
      expect(new Set(found.map(({ id }) => id)).size).toBe(120);
      expect((await jobs.list({ kind: 'one' })).map(({ id }) => id)).toEqual(['job']);
      expect(await jobs.list({ kind: 'none' })).toEqual([]);
    });

    it('logs each line in order, with the labels of the job and of the execution', async () => {
      await start('verbose', { labels: { app: 'drover', run: 'triage-1' } });
      await ending();
      expect(output('stdout')).toEqual(
        Array.from({ length: 500 }, (_, index) => `line ${index + 1}`),
      );
      const lines = under.entries.filter(({ logName }) => logName.endsWith('stdout'));
      expect(new Set(lines.map(({ insertId }) => insertId)).size).toBe(500);
      expect(lines[0]).toMatchObject({
        severity: 'DEFAULT',
        resource: { type: 'cloud_run_job', labels: { job_name: 'job' } },
        labels: {
          app: 'drover',
          run: 'triage-1',
          'run.googleapis.com/execution_name': 'job-a1',
          'run.googleapis.com/task_index': '0',
          'run.googleapis.com/task_attempt': '0',
        },
      });
    });

    it('splits a line that is longer than an entry may be', async () => {
      await start('longwinded');
      await ending();
      const texts = output('stdout');
      expect(texts.map(({ length }) => length)).toEqual([262_144, 262_144, 75_712, 3]);
      expect(texts.slice(0, 3).join('')).toBe('x'.repeat(600_000));
    });

    it('reports the ending by a system event after the last line', async () => {
      await start('broken');
      await ending();
      const last = under.entries.at(-1);
      expect(last?.logName).toMatch(/cloudaudit\.googleapis\.com%2Fsystem_event$/);
      expect(last).toMatchObject({
        severity: 'ERROR',
        resource: { labels: { job_name: 'job' } },
        payload: {
          proto: {
            methodName: '/Jobs.RunJob',
            status: {
              message: 'Execution job-a1 has failed to complete, 0/1 tasks were a success.',
            },
            response: { metadata: { name: 'job-a1' }, status: { failedCount: 1 } },
          },
        },
      });
      expect(output('stderr')).toEqual(['went wrong']);
    });

    it.each<[string, Partial<NewJob>]>([
      [
        'two secrets in one directory',
        {
          secretFiles: [
            { directory: '/c/a', secret: 'ssh', files: { key: '1' } },
            { directory: '/c/a', secret: 'github', files: { token: '1' } },
          ],
        },
      ],
      ['a token that is too long', { startToken: 'x'.repeat(61) }],
      ['an upper-case label', { labels: { App: 'x' } }],
      ['a variable that Cloud Run sets', { env: { CLOUD_RUN_JOB: 'me' } }],
      ['too little memory', { memory: '256Mi' }],
    ])('refuses %s', async (_, more) => {
      await expect(start('ok', more)).rejects.toMatchObject(refusedWith('invalid_argument'));
      expect(await jobs.get('job')).toBeUndefined();
    });

    it('refuses what is beyond its quota, to be asked again later', async () => {
      under.limit({ jobs: 1 });
      await start('ok');
      await expect(start('ok', { id: 'second' })).rejects.toMatchObject({
        ...refusedWith('resource_exhausted'),
        transient: true,
      });
    });
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
