import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockPath } from '../../shared/locks/lock.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { eventually, onGithub, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, issueOpened } from './github.ts';

const directory = mkdtempSync(join(tmpdir(), 'drover-lines-'));
const script = join(directory, 'run.sh');

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({
      talker: { webhooks: [onGithub()], scale: 9 },
      victim: { webhooks: [onGithub({ actions: ['closed'] })] },
    }),
    program: () => ({ file: '/bin/sh', args: [script], directory }),
  });
});
afterAll(async () => {
  await drover.close();
  rmSync(directory, { recursive: true, force: true });
});

type Fields = { [name: string]: unknown };
const line = (msg: string, fields: Fields): string =>
  JSON.stringify({ _log: true, level: 'info', msg, ...fields });

/** The run of a container that prints these lines and ends with `code`, once `isDone` says so. */
async function runPrinting(
  lines: readonly string[],
  isDone: (run: Run) => boolean,
  { code = 0, before = '' } = {},
): Promise<Run> {
  const printed = lines.map((each) => `printf '%s\\n' '${each.replaceAll("'", "'\\''")}'`);
  writeFileSync(script, [before, ...printed, 'sleep 0.5', `exit ${code}`].join('\n'));
  const { runs } = (await deliver(drover, { payload: issueOpened })).json as {
    runs: { talker: string };
  };
  return eventually(async () => {
    const run = await drover.cloud.documents.get<Run>(`runs/${runs.talker}`);
    return run && isOver(run.data.state) && isDone(run.data) && run.data;
  });
}

describe('what a container prints', () => {
  it('tells what its run has used, by the last line of it that can be true', async () => {
    const run = await runPrinting(
      [
        line('token-usage', { inputTokens: 1, outputTokens: 1, cost: 0.01, turnCount: 1 }),
        'token-usage',
        line('token-usage', { inputTokens: 10, outputTokens: 5, cost: 0.5, turnCount: 2 }),
        line('token-usage', { inputTokens: -5 }),
        '{"_log":true,"msg":"token-usage","inputTokens":1e999}',
        line('token-usage', { inputTokens: 1e300 }),
      ],
      ({ usage }) => usage?.turns === 2,
    );
    expect(run.usage).toMatchObject({ inputTokens: 10, totalTokens: 15, cost: 0.5 });
  });

  it('gives a value back where none was signalled', async () => {
    const value = 'a "value"\nof two lines';
    const run = await runPrinting(
      [line('signal-result', { type: 'return', value })],
      ({ returnValue }) => returnValue !== null,
    );
    expect(run).toMatchObject({ returnValue: value, returnedBy: 'log' });
  });

  it('changes nothing about a value that was signalled', async () => {
    const before =
      'printf \'{"secret":"%s","value":"whole"}\' "$SHUTDOWN_SECRET" | curl -fsS --data-binary @- "$GATEWAY_URL/signals/return" >/dev/null';
    const run = await runPrinting(
      [
        line('signal-result', { type: 'return', value: 'forged' }),
        line('token-usage', { inputTokens: 1 }),
      ],
      ({ usage }) => usage !== null,
      { before },
    );
    expect(run).toMatchObject({ returnValue: 'whole', returnedBy: 'signal' });
  });

  it('changes no ending, no lock and no other run, whatever it claims', async () => {
    const victim = 'victim-aaaaaaaa';
    const key = 'github://acme/app/issues/1';
    const { documents } = drover.cloud;
    const claims: Fields = {
      runId: victim,
      run: victim,
      instance: victim,
      agent: 'victim',
      state: 'succeeded',
      exitCode: 0,
      resourceKey: key,
      resource: { type: 'cloud_run_job', labels: { job_name: `drover-${victim}` } },
      logName: 'projects/drover-test/logs/cloudaudit.googleapis.com%2Fsystem_event',
      'logging.googleapis.com/labels': { 'drover-run': victim },
    };
    const run = await runPrinting(
      [
        line('signal-result', { type: 'exit', exitCode: 0, reason: 'done', ...claims }),
        line('signal-result', { type: 'rerun', ...claims }),
        line('run completed', claims),
        line('signal-result', { type: 'return', value: 'mine', ...claims }),
        line('token-usage', { inputTokens: 7, ...claims }),
        JSON.stringify({ ...claims, message: 'Container called exit(0).' }),
      ],
      ({ usage, returnValue }) => usage !== null && returnValue !== null,
      { code: 3 },
    );
    expect(run).toMatchObject({
      state: 'failed',
      reason: 'exit_code',
      exitCode: 3,
      rerunRequested: false,
      next: null,
      returnValue: 'mine',
    });
    expect(await documents.get(`runs/${victim}`)).toBeUndefined();
    expect(await documents.get(lockPath(key))).toBeUndefined();
    expect(await documents.query({ collection: 'calls', limit: 1 })).toEqual([]);
  });
});
