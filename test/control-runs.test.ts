import { describe, expect, it } from 'vitest';
import { createLogGatherer } from '../shared/runs/logs.ts';
import { controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld } from './world.ts';

async function controlled(agent: Parameters<typeof projectOf>[0][string] = {}) {
  const project = projectOf({ triage: { timeout: 3_600, ...agent } });
  const world = await createWorld({ project });
  return { world, control: await controlOf(world) };
}

describe('runs', () => {
  it('are asked for with a prompt, once for each idempotency key', async () => {
    const { world, control } = await controlled();
    const asking = { headers: { 'idempotency-key': 'monday' } };
    const body = { prompt: 'Look at issue 42.', why: 'stand-up' };
    const first = await control.post('/v1/agents/triage/trigger', body, asking);
    expect(first).toMatchObject({ status: 200, json: { isNew: true, held: null } });
    const again = await control.post('/v1/agents/triage/trigger', body, asking);
    expect(again.json).toEqual({ ...first.json, isNew: false });
    const other = { prompt: 'Look at issue 43.' };
    const reused = await control.post('/v1/agents/triage/trigger', other, asking);
    expect(reused).toMatchObject({ status: 409, json: { error: expect.stringMatching(/key/) } });
    await world.settle();
    const { json } = await control.get(`/v1/runs/${first.json.run}`);
    expect(json).toMatchObject({
      state: 'running',
      prompt: 'Look at issue 42.',
      trigger: { type: 'manual', by: 'key:default' },
    });
    expect(json.timeline.map(({ state }: { state: string }) => state)).toEqual([
      'queued',
      'launching',
      'running',
    ]);
  });

  it('are two when nobody gives a key', async () => {
    const { control } = await controlled();
    const [one, two] = [
      await control.post('/v1/agents/triage/trigger'),
      await control.post('/v1/agents/triage/trigger'),
    ];
    expect(one.json.run).not.toBe(two.json.run);
  });

  it('of an agent that is not there or disabled are refused', async () => {
    const { control } = await controlled({ scale: 0 });
    expect((await control.post('/v1/agents/triage/trigger')).status).toBe(409);
    for (const name of ['nobody', 'constructor']) {
      const answer = await control.post(`/v1/agents/${name}/trigger`);
      expect(answer).toMatchObject({ status: 404, json: { error: `there is no agent ${name}` } });
    }
  });

  it('with a prompt that is too long are refused with 413', async () => {
    const { control } = await controlled();
    const body = { prompt: 'é'.repeat(200_000) };
    const answer = await control.post('/v1/agents/triage/trigger', body);
    expect(answer).toMatchObject({ status: 413, json: { error: expect.stringMatching(/prompt/) } });
  });

  it('tell what happened to them, without the hashes of their secrets', async () => {
    const { world, control } = await controlled();
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    const first = await control.get(`/v1/runs/${triage}/journal?limit=1`);
    expect(first.json).toMatchObject({ entries: [{ event: 'launch', from: 'queued' }] });
    const rest = await control.get(`/v1/runs/${triage}/journal?cursor=${first.json.next}`);
    expect(rest.json).toMatchObject({ entries: [{ event: 'start' }], next: null });
    expect(JSON.stringify([first.json, rest.json])).not.toContain('secretHashes');
    expect(JSON.stringify((await control.get(`/v1/runs/${triage}`)).json)).not.toContain('secretH');
  });

  it('are killed whatever they are doing, and stay as they are once they are over', async () => {
    const { world, control } = await controlled();
    const { triage: running = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { triage: queued = '' } = await world.deliver('d2');
    await world.settle();
    const why = { why: 'a mistake' };
    const kill = (run: string) => control.post(`/v1/runs/${run}/kill`, why);
    expect((await kill(queued)).json).toEqual({ run: queued, outcome: 'cancelled' });
    expect((await kill(running)).json).toEqual({ run: running, outcome: 'stopping' });
    await world.advance(20_000);
    expect((await kill(running)).json).toMatchObject({ outcome: 'over' });
    expect((await kill('triage-nobody')).status).toBe(404);
    expect((await control.get('/v1/audit')).json.entries).toMatchObject([
      { who: 'key:default', why: 'a mistake', action: 'run.kill', target: `runs/${running}` },
      { who: 'key:default', why: 'a mistake', action: 'run.kill', target: `runs/${queued}` },
    ]);
  });

  it('are repeated once they are over, once for each idempotency key', async () => {
    const { world, control } = await controlled();
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    const asking = { headers: { 'idempotency-key': 'k', 'x-drover-why': 'try again' } };
    const retry = () => control.post(`/v1/runs/${triage}/retry`, undefined, asking);
    expect((await retry()).status).toBe(409);
    await world.exit(triage, { exitCode: 1 });
    const { json } = await retry();
    expect(json).toMatchObject({ isNew: true });
    expect((await retry()).json).toEqual({ ...json, isNew: false });
    expect((await control.get(`/v1/runs/${json.run}`)).json).toMatchObject({
      trigger: { type: 'replay', delivery: 'github:d1', by: 'key:default' },
    });
    expect((await control.get('/v1/audit?limit=1')).json.entries).toMatchObject([
      { why: 'try again', action: 'run.retry' },
    ]);
  });

  it('are listed with filters, page by page', async () => {
    const { world, control } = await controlled();
    for (const id of ['d1', 'd2', 'd3']) await world.deliver(id);
    await world.settle();
    const first = await control.get('/v1/runs?agent=triage&state=queued,running&limit=2');
    expect(first.json.runs).toHaveLength(2);
    const rest = await control.get(
      `/v1/runs?agent=triage&state=queued,running&limit=2&cursor=${first.json.next}`,
    );
    expect(rest.json).toMatchObject({ runs: [{ state: 'running' }], next: null });
    expect((await control.get('/v1/runs?delivery=github:d2')).json.runs).toHaveLength(1);
    expect((await control.get('/v1/runs?trigger=manual')).json.runs).toEqual([]);
    expect((await control.get('/v1/runs?since=2030-01-01')).json.runs).toEqual([]);
    const all = 'agent=triage&state=queued&reason=killed&trigger=webhook&since=2026-01-01';
    expect((await control.get(`/v1/runs?${all}`)).json).toEqual({ runs: [], next: null });
  });

  it('show their logs from the end, on from a place, and by what they say', async () => {
    const { world, control } = await controlled();
    const { triage = '' } = await world.deliver('d1');
    const clock = { now: world.ports.clock.now, sleep: async () => {} };
    const gatherer = createLogGatherer({ documents: world.ports.documents, clock });
    for (const n of [1, 2, 3, 4]) {
      const at = `2026-03-01T12:00:00.00000000${n}Z`;
      const line = { at, insertId: `${n}`, severity: 'INFO', text: `line ${n}` };
      await gatherer.add(triage, line);
    }
    const texts = ({ json }: { json: { lines: { text: string }[] } }) =>
      json.lines.map(({ text }) => text);
    const path = `/v1/runs/${triage}/logs`;
    const last = await control.get(`${path}?limit=2`);
    expect(texts(last)).toEqual(['line 3', 'line 4']);
    const before = await control.get(`${path}?limit=5&before=${last.json.before}`);
    expect(texts(before)).toEqual(['line 1', 'line 2']);
    expect(before.json).toMatchObject({ before: null, more: false });
    expect(texts(await control.get(`${path}?after=${last.json.after}`))).toEqual([]);
    expect(texts(await control.get(`${path}?grep=${encodeURIComponent('[13]$')}`))).toEqual([
      'line 1',
      'line 3',
    ]);
    expect((await control.get(`${path}?after=x&before=y`)).status).toBe(400);
    expect((await control.get(`${path}?grep=(`)).status).toBe(400);
    expect((await control.get('/v1/runs/nobody/logs')).status).toBe(404);
  });
});
