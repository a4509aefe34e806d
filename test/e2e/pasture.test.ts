import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sign } from '../../infra/local/start/sample.ts';
import type { LogLine } from '../../shared/runs/logs.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { eventually } from '../drover.ts';
import { endPrograms, type Program, startProgram, threePorts } from './program.ts';
import { exampleProject, removeDirectories, temporaryDirectory } from './projects.ts';

// It waits for the next minute of a schedule, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 150_000, hookTimeout: 90_000 });

const project = exampleProject('pasture');
let port = 0;
let program: Program;

beforeAll(async () => {
  port = await threePorts();
  const state = join(temporaryDirectory(), 'state');
  const options = ['--no-demo', '--tick-seconds', '1', '--port', String(port)];
  program = startProgram(['--project', project, '--state', state, ...options]);
  await program.said(/^Drover is up/m);
});
afterAll(async () => {
  await endPrograms();
  removeDirectories();
});

function credential(path: string): string {
  return readFileSync(join(project, '.drover/credentials', path), 'utf8').trim();
}

interface Answer {
  status: number;
  body: { [field: string]: unknown };
}

async function post(
  path: string,
  body: string,
  headers: { [name: string]: string },
): Promise<Answer> {
  const url = `http://127.0.0.1:${port}${path}`;
  const type = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', body, headers: { ...type, ...headers } });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

/** GitHub tells of an issue, signed by one of the two secrets of the source. Answers with the run of the greeter. */
async function issue(
  delivery: string,
  change: { action?: string; number?: number; title?: string; sender?: string; repo?: string },
  secret = 'default',
): Promise<string | undefined> {
  const { action = 'opened', number = 1, title = 'A hole in the fence' } = change;
  const { sender = 'octavia', repo = 'acme/meadow' } = change;
  const body = JSON.stringify({
    action,
    issue: { number, title, state: 'open', user: { login: sender }, labels: [], body: '' },
    repository: { full_name: repo, owner: { login: repo.split('/')[0] } },
    sender: { login: sender },
  });
  const key = Buffer.from(credential(`github_webhook_secret/${secret}/secret`));
  const headers = {
    'x-github-event': 'issues',
    'x-github-delivery': delivery,
    'x-hub-signature-256': sign(body, key),
  };
  const answer = await post('/webhooks/github', body, headers);
  expect(answer).toMatchObject({ status: 200, body: { ok: true } });
  return (answer.body.runs as { greeter?: string }).greeter;
}

/** The barn tells that something is broken. Answers with the run of the mender. */
async function broken(title: string): Promise<string> {
  const body = JSON.stringify({ event: 'broken', title, sender: 'barn', at: crypto.randomUUID() });
  const key = Buffer.from(credential('generic_webhook_secret/barn/secret'));
  const headers = { 'x-signature-256': sign(body, key) };
  const answer = await post('/webhooks/barn', body, headers);
  expect(answer).toMatchObject({ status: 200, body: { matched: 1 } });
  return (answer.body.runs as { mender: string }).mender;
}

function control(path: string, body: object = {}): Promise<Answer> {
  const authorization = `Bearer ${credential('gateway_api_key/default/key')}`;
  return post(`/control${path}`, JSON.stringify(body), { authorization });
}

async function shown<T>(path: string): Promise<T> {
  return (await (await fetch(`http://127.0.0.1:${port + 1}/${path}`)).json()) as T;
}

/** A run once it is over, cleaned up, and everything it said has arrived. */
async function ended(id: string): Promise<Run> {
  return eventually(async () => {
    const run = await shown<Run>(`runs/${id}`);
    return isOver(run.state) && run.cleanedAt !== null && run;
  }, 60_000);
}

/** A run and those that follow it, all over. */
async function chain(id: string): Promise<Run[]> {
  const run = await ended(id);
  return run.next === null ? [run] : [run, ...(await chain(run.next))];
}

async function said(id: string, text: string): Promise<void> {
  await eventually(async () => {
    const chunks = await shown<{ [chunk: string]: { lines: LogLine[] } }>(`runs/${id}/logs`);
    return Object.values(chunks).some(({ lines }) => lines.some((line) => line.text === text));
  });
}

async function runsOf(agent: string): Promise<(Run & { id: string })[]> {
  const runs = await shown<{ [id: string]: Run }>('runs');
  return Object.entries(runs).flatMap(([id, run]) => (run.agent === agent ? [{ id, ...run }] : []));
}

describe('the example pasture', () => {
  it('greets each issue once, and a later event of it takes the place of the earlier', async () => {
    const first = (await issue('first', { number: 7 })) ?? '';
    await eventually(async () => (await shown<Run>(`runs/${first}`)).state === 'running');
    const second = (await issue('second', { number: 7, action: 'edited' }, 'next')) ?? '';
    const other = (await issue('other', { number: 8 })) ?? '';
    expect(await ended(first)).toMatchObject({ state: 'killed', reason: 'superseded' });
    expect(await ended(second)).toMatchObject({ state: 'succeeded', next: null });
    expect(await ended(other)).toMatchObject({ state: 'succeeded' });
    await said(second, 'greeting issue #7');
  });

  it.each([
    ['a robot', { sender: 'dependabot[bot]' }, /^sender: /],
    ['the attic', { repo: 'acme/attic' }, /^repos: /],
    ['work in progress', { title: 'WIP: a gate' }, /^if: /],
  ])('does not greet %s, and says why', async (what, change, why) => {
    const delivery = what.replaceAll(' ', '-');
    expect(await issue(delivery, change)).toBeUndefined();
    const { unmatched } = await shown<{ unmatched: { greeter: string[] } }>(
      `deliveries/github:${delivery}`,
    );
    expect(unmatched.greeter).toEqual([expect.stringMatching(why)]);
  });

  it('tries a mending again while its tool is busy, and no other failure', async () => {
    const [busy, gone] = await Promise.all([
      broken('busy').then(chain),
      broken('gone').then(chain),
    ]);
    expect(busy.map(({ state, exitCode }) => [state, exitCode])).toEqual([
      ['failed', 12],
      ['failed', 12],
      ['failed', 12],
    ]);
    expect(busy.slice(1).map(({ trigger }) => trigger)).toMatchObject([
      { type: 'rerun', because: 'retry', retries: 1 },
      { type: 'rerun', because: 'retry', retries: 2 },
    ]);
    expect(gone.map(({ state, exitCode }) => [state, exitCode])).toEqual([['failed', 1]]);
  });

  it('holds what comes during a pause, however much, and loses none of it', async () => {
    expect(await control('/control/agents/mender/pause')).toMatchObject({ status: 200 });
    const held: string[] = [];
    for (let index = 0; index < 8; index += 1) held.push(await broken(`fence ${index}`));
    const states = await Promise.all(
      held.map(async (id) => (await shown<Run>(`runs/${id}`)).state),
    );
    expect(new Set(states)).toEqual(new Set(['queued']));
    expect(await control('/control/agents/mender/resume')).toMatchObject({ status: 200 });
    for (const id of held) expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  });

  it('writes down what a person says, on their word', async () => {
    const answer = await control('/control/trigger/scribe', { prompt: 'Rosa has twins' });
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    const id = String(answer.body.instanceId);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', prompt: 'Rosa has twins' });
    await said(id, 'into the herd book: Rosa has twins');
  });

  it('counts the herd each minute, and once more when it asks for it', async () => {
    const first = await eventually(
      async () => (await runsOf('shepherd')).find(({ trigger }) => trigger.type === 'schedule'),
      90_000,
    );
    const runs = await chain(first.id);
    expect(runs.map(({ reason, trigger }) => [reason, trigger.type])).toEqual([
      ['rerun_requested', 'schedule'],
      ['rerun_requested', 'rerun'],
    ]);
    expect(runs.at(-1)?.summary).toContain('its maxReruns is 1');
  });
});
