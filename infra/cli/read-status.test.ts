import { afterAll, describe, expect, it } from 'vitest';
import { clock } from '../steer/times.ts';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const documents =
  'https://firestore.googleapis.com/v1/projects/acme-drover/databases/(default)/documents';
const text = (stringValue: string) => ({ stringValue });
const run = (agent: string, state: string) => ({
  document: { name: `x/runs/${agent}-1`, fields: { agent: text(agent), state: text(state) } },
});
const gcloud = {
  'config list': {},
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'scheduler jobs describe': {
    lastAttemptTime: '2026-03-01T12:00:00Z',
    state: 'ENABLED',
    status: {},
  },
};
const api = {
  [`GET ${documents}/project/current`]: {
    fields: {
      release: text('abc'),
      publishedAt: text('2026-03-01T11:00:00Z'),
      paused: { nullValue: null },
    },
  },
  [`GET ${documents}/releases/abc`]: {
    fields: { agents: { mapValue: { fields: { dev: { mapValue: {} }, idle: { mapValue: {} } } } } },
  },
  [`POST ${documents}:runQuery`]: [
    run('dev', 'queued'),
    run('dev', 'running'),
    run('gone', 'ending'),
    { readTime: 'x' },
  ],
  'GET https://run.googleapis.com/v2/projects/acme-drover/locations/us-central1/services': {
    services: [
      {
        name: 'x/services/drover-webhook',
        latestReadyRevision: 'x/revisions/drover-webhook-00002-abc',
        latestCreatedRevision: 'x/revisions/drover-webhook-00002-abc',
        traffic: [
          { type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 10 },
          { revision: 'drover-webhook-00001-xyz', percent: 90 },
        ],
      },
    ],
  },
};

async function status(args: readonly string[], world: TestWorld) {
  const shell = testShell({ directory: directoryWith({}), ...world });
  const line = ['status', '--project', 'acme-drover', ...args];
  const { exitCode } = await runCli(line, shell, commands, '1');
  return { exitCode, out: shell.shown('out'), err: shell.shown('err'), asked: shell.asked };
}

describe('drover status', () => {
  it('shows release, runs that are not over, agents, versions and the last tick', async () => {
    const now = Date.parse('2026-03-01T12:00:30Z');
    const { exitCode, out } = await status([], { gcloud, api, now });
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      `release  abc, published ${clock('2026-03-01T11:00:00Z', now)} (1 h ago)`,
      'runs     3 not over: 1 queued, 1 running, 1 ending',
      `tick     last called ${clock('2026-03-01T12:00:00Z', now)} (30 s ago)`,
      '',
      'AGENT  IN FLIGHT  QUEUED',
      'dev    1          1',
      'gone   1          0',
      'idle   0          0',
      '',
      'FUNCTION  VERSION                   TRAFFIC',
      'webhook   drover-webhook-00002-abc  10 % LATEST, 90 % drover-webhook-00001-xyz',
      ...['dispatch', 'poll', 'tick', 'gateway', 'control', 'logs'].map(
        (name) => `${name.padEnd(8)}  not deployed`,
      ),
      'next: `drover deploy`, which deploys what is missing.',
      '',
    ]);
  });

  it('is one object for a program', async () => {
    const { out } = await status(['--json'], { gcloud, api });
    expect(JSON.parse(out)).toMatchObject({
      event: 'result',
      ok: true,
      release: { id: 'abc' },
      paused: null,
      runs: { queued: 1, launching: 0, running: 1, ending: 1 },
      tick: { problem: null, isEnabled: true },
    });
  });

  it('says who paused the project, and that the tick fails', async () => {
    const paused = {
      mapValue: { fields: { at: text('noon'), by: text('octavia'), why: text('a feast') } },
    };
    const failed = { state: 'PAUSED', status: { code: 7, message: 'denied' } };
    const { out } = await status([], {
      gcloud: { ...gcloud, 'scheduler jobs describe': failed },
      api: {
        ...api,
        [`GET ${documents}/project/current`]: { fields: { release: text('abc'), paused } },
      },
    });
    expect(out).toContain('paused   since noon by octavia: a feast\n');
    expect(out).toContain('tick     not called yet, which failed: denied; its job is paused\n');
  });

  it('says so where there is nothing of Drover', async () => {
    const refused = 'ERROR: (gcloud.scheduler.jobs.describe) NOT_FOUND: no job';
    const world = { gcloud: { ...gcloud, 'scheduler jobs describe': refused }, api: {} };
    const { exitCode, err } = await status([], world);
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/^NOT_PROVISIONED: .*acme-drover/)]);
  });

  it('says why where Google refuses, with no token in its words', async () => {
    const { exitCode, err } = await status([], { gcloud, api: { 'GET ': 403, 'POST ': 403 } });
    expect([exitCode, err]).toEqual([1, expect.stringMatching(/^PERMISSION_MISSING: /)]);
    expect(err).not.toContain('secret-token');
  });

  it('in a dry run says what it would ask, and asks only who is signed in', async () => {
    const { exitCode, out, asked } = await status(['--dry-run'], { gcloud, api });
    expect(exitCode).toBe(0);
    expect(out).toContain(`GET ${documents}/project/current\n`);
    expect(out).toContain('gcloud scheduler jobs describe drover-tick');
    expect(asked.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'gcloud config list',
      'gcloud projects describe',
    ]);
  });
});
