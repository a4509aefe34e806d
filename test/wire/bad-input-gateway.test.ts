import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver } from './github.ts';
import { type Answer, send } from './http.ts';
import { storesNothing } from './stored.ts';

const directory = mkdtempSync(join(tmpdir(), 'drover-gateway-'));

/** Tells its run's secret, and goes on until it is told to stop. */
const program = {
  file: '/bin/sh',
  args: [
    '-c',
    'echo "$SHUTDOWN_SECRET" > "$0.part"; mv "$0.part" "$0"; while [ ! -e "$0.stop" ]; do sleep 0.05; done',
  ],
};

let drover: TestDrover;
/** Of each agent's one run: its id and its secret. */
const held: { [agent: string]: { id: string; secret: string } } = {};
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({ one: {}, two: {} }),
    program: (agent) => ({
      ...program,
      args: [...program.args, join(directory, agent)],
      directory,
    }),
  });
  const { runs } = (await deliver(drover)).json as { runs: { [agent: string]: string } };
  for (const [agent, id] of Object.entries(runs)) {
    const secret = await eventually(async () => {
      const file = join(directory, agent);
      return existsSync(file) && readFileSync(file, 'utf8').trim();
    });
    await eventually(async () => (await runOf(id)).state === 'running');
    held[agent] = { id, secret };
  }
});
afterAll(async () => {
  await drover.close();
  rmSync(directory, { recursive: true, force: true });
});

async function runOf(id: string): Promise<Run> {
  const run = await drover.cloud.documents.get<Run>(`runs/${id}`);
  if (!run) throw new Error(`there is no run ${id}`);
  return run.data;
}

function of(agent: 'one' | 'two'): { id: string; secret: string } {
  const { id, secret } = held[agent] ?? { id: '', secret: '' };
  return { id, secret };
}

function tell(path: string, body: unknown): Promise<Answer> {
  const bytes =
    body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body);
  // As the contract's helpers send it: their bodies are JSON and nobody says so.
  return send(drover.base, { path: `/gateway${path}`, body: bytes });
}

const signals = [
  { path: '/signals/status', fields: { text: 'busy' }, largest: 262_144 },
  { path: '/signals/return', fields: { value: 'done' }, largest: 6_004_096 },
  { path: '/signals/rerun', fields: {}, largest: 262_144 },
];

describe.each(signals)('the gateway at $path', ({ path, fields, largest }) => {
  it.each<[what: string, body: Uint8Array | string]>([
    ['nothing', ''],
    ['no JSON', 'secret=x'],
    ['half a JSON', '{"secret":"x"'],
    ['a JSON null', 'null'],
    ['a JSON string', '"x"'],
    ['a JSON list', '[]'],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a raw line break within a string', '{"secret":"x","text":"a\nb","value":"a\nb"}'],
    ['brackets without end', '['.repeat(100_000)],
  ])('refuses %s as invalid JSON', async (_what, body) => {
    const answer = await storesNothing(drover, () => tell(path, body));
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid JSON body' } });
  });

  it.each([undefined, null, '', 7, true, ['x'], { secret: 'x' }])(
    'misses a secret in %j before it misses anything else',
    async (secret) => {
      const answer = await storesNothing(drover, () => tell(path, { secret }));
      expect(answer).toMatchObject({ status: 400, json: { error: 'missing secret' } });
    },
  );

  it.each<[what: string, secret: () => string]>([
    ['that is no secret', () => 'x'],
    ['of a run that never was', () => `one-abcdefgh.${'0'.repeat(64)}`],
    ['of the right run with another value', () => `${of('one').id}.${'0'.repeat(64)}`],
    [
      "of another run under this run's name",
      () => of('one').id + of('two').secret.slice(of('two').id.length),
    ],
    ['without its run', () => of('one').secret.split('.')[1] ?? ''],
    ['in capitals', () => of('one').secret.toUpperCase()],
    ['with a blank after it', () => `${of('one').secret} `],
    ['with a path for a run', () => `../project/current.${'0'.repeat(64)}`],
    ['that is very long', () => 'a'.repeat(200_000)],
  ])('refuses a secret %s', async (_what, secret) => {
    const answer = await storesNothing(drover, () => tell(path, { ...fields, secret: secret() }));
    expect(answer).toMatchObject({ status: 403, json: { error: 'invalid secret' } });
  });

  it('refuses more than a container has to say with 413', async () => {
    const body = { ...fields, secret: of('one').secret, padding: 'a'.repeat(largest) };
    const answer = await storesNothing(drover, () => tell(path, body));
    expect(answer.status).toBe(413);
  });

  it.each(['GET', 'PUT'])('is not there for %s', async (method) => {
    const answer = await storesNothing(drover, () =>
      send(drover.base, { method, path: `/gateway${path}` }),
    );
    expect(answer.status).toBe(404);
  });
});

describe('the fields of a signal', () => {
  it.each([undefined, null, '', 7, ['busy'], { text: 'busy' }])(
    'miss a text in %j before the secret is looked up',
    async (text) => {
      const answer = await storesNothing(drover, () =>
        tell('/signals/status', { secret: 'x', text }),
      );
      expect(answer).toMatchObject({ status: 400, json: { error: 'missing text' } });
    },
  );

  it.each([undefined, null])('miss a value in %j before the secret is looked up', async (value) => {
    const answer = await storesNothing(drover, () =>
      tell('/signals/return', { secret: 'x', value }),
    );
    expect(answer).toMatchObject({ status: 400, json: { error: 'missing value' } });
  });

  it.each<[what: string, value: unknown]>([
    ['text', 'a'.repeat(1_000_001)],
    ['JSON', Array.from({ length: 500_001 }, () => 7)],
  ])('may not hold a value of too much %s', async (_what, value) => {
    const { secret } = of('one');
    const answer = await storesNothing(drover, () => tell('/signals/return', { secret, value }));
    expect(answer.status).toBe(413);
    expect(answer.json.error).toMatch(
      /^return value of 100000[13] bytes is over the limit of 1000000$/,
    );
  });

  it('may not hold a value that is nested without end', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `{"secret":"${of('one').secret}","value":${nested}}`;
    const answer = await storesNothing(drover, () => tell('/signals/return', body));
    expect(answer).toMatchObject({ status: 400, json: { error: 'value is nested too deeply' } });
  });
});

describe('a run with the secret of its own', () => {
  it('speaks for itself alone', async () => {
    const before = await runOf(of('two').id);
    const { secret } = of('one');
    const run = of('two').id;
    await tell('/signals/status', { secret, text: 'I am the other', run, runId: run, id: run });
    await tell('/signals/return', { secret, value: { agent: 'two' }, run });
    await tell('/signals/rerun', { secret, run });
    expect(await runOf(of('one').id)).toMatchObject({
      status: 'I am the other',
      returnValue: '{"agent":"two"}',
      rerunRequested: true,
    });
    expect(await runOf(of('two').id)).toEqual(before);
  });

  it('may say what no UTF-8 can hold', async () => {
    const { id, secret } = of('one');
    const half = '\\ud83d';
    const status = await tell('/signals/status', `{"secret":"${secret}","text":"${half}"}`);
    const value = await tell('/signals/return', `{"secret":"${secret}","value":"${half}"}`);
    expect([status, value]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await runOf(id)).toMatchObject({ status: '\ufffd', returnValue: '\ufffd' });
  });

  it('has nothing more to say once it is over', async () => {
    const { id, secret } = of('one');
    writeFileSync(join(directory, 'one.stop'), '');
    await eventually(async () => {
      const { state, cleanedAt } = await runOf(id);
      return isOver(state) && cleanedAt !== null;
    });
    const before = await runOf(id);
    for (const { path, fields } of signals) {
      const answer = await tell(path, { ...fields, secret });
      expect(answer).toMatchObject({ status: 403, json: { error: 'invalid secret' } });
    }
    expect(await runOf(id)).toEqual(before);
  });
});

describe('the health of the gateway', () => {
  it('is told to anybody, and looks nowhere', async () => {
    drover.cloud.calls.reset();
    const answer = await send(drover.base, { method: 'GET', path: '/gateway/health' });
    expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(drover.cloud.calls.counts()).toEqual({});
  });
});
