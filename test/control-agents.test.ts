import { describe, expect, it } from 'vitest';
import { controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld } from './world.ts';

const schedule = {
  cron: '0 3 * * *',
  timezone: 'Europe/Berlin',
  catchup: 'none',
  jitter: 0,
} as const;

async function controlled() {
  const project = projectOf({
    triage: { timeout: 3_600 },
    nightly: { schedule, webhooks: [] },
  });
  const world = await createWorld({ project });
  return { world, control: await controlOf(world) };
}

describe('agents', () => {
  it('say what they do, what waits, and why they start nothing', async () => {
    const { world, control } = await controlled();
    await world.deliver('d1');
    await world.deliver('d2');
    await world.settle();
    const { json } = await control.get('/v1/agents');
    expect(json.agents).toMatchObject([
      {
        name: 'triage',
        queued: 1,
        inFlight: [expect.stringMatching(/^triage-/)],
        waiting: [{ reason: 'slots_full', until: null }],
        nextRuns: [],
      },
      {
        name: 'nightly',
        queued: 0,
        waiting: [],
        triggers: { schedule: '0 3 * * * (Europe/Berlin)', webhooks: [] },
      },
    ]);
    expect(json.agents[1].nextRuns[0]).toBe('2026-03-02T02:00:00.000Z');
  });

  it('are paused and resumed, and nothing is lost', async () => {
    const { world, control } = await controlled();
    const why = { why: 'the tracker is down' };
    const pause = () => control.post('/v1/agents/triage/pause', why);
    expect((await pause()).json).toEqual({ changed: true });
    const { triage = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { json } = await control.get('/v1/agents/triage');
    expect(json).toMatchObject({
      queued: 1,
      paused: { by: 'key:default', ...why },
      waiting: [{ reason: 'paused' }],
    });
    const held = await control.post('/v1/agents/triage/trigger');
    expect(held.json.held).toContain('the tracker is down');
    expect((await control.post('/v1/agents/triage/resume')).json).toEqual({ changed: true });
    expect((await control.post('/v1/agents/triage/resume')).json).toEqual({ changed: false });
    await world.settle();
    expect((await world.run(triage)).state).toBe('running');
  });

  it('are resumed, or lose their queue, when a release took them away while they were paused', async () => {
    const { world, control } = await controlled();
    await control.post('/v1/agents/triage/pause');
    const { triage: first = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { triage: second = '' } = await world.deliver('d2');
    await world.publish(projectOf({ nightly: { schedule, webhooks: [] } }));
    expect((await control.get('/v1/agents/triage')).status).toBe(404);
    expect((await control.post('/v1/agents/triage/resume')).json).toEqual({ changed: true });
    await world.advance(10_000);
    expect((await world.run(first)).state).toBe('running');
    const { json } = await control.post('/v1/agents/triage/kill', { queued: true });
    expect(json.runs).toEqual({ [first]: 'stopping', [second]: 'cancelled' });
  });

  it('lose what they have in flight when they are killed, and what is queued if asked', async () => {
    const { world, control } = await controlled();
    const { triage: running = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { triage: queued = '' } = await world.deliver('d2');
    await world.settle();
    const both = await control.post('/v1/agents/triage/kill', { queued: true });
    expect(both.json.runs).toEqual({ [running]: 'stopping', [queued]: 'cancelled' });
  });

  it('get another scale at once, and not another nothing', async () => {
    const { world, control } = await controlled();
    await world.deliver('d1');
    await world.advance(1_000);
    const { triage: second = '' } = await world.deliver('d2');
    await world.settle();
    const { json } = await control.post('/v1/agents/triage/scale', { scale: 2, why: 'more' });
    expect(json).toMatchObject({ changed: true });
    expect((await control.get('/v1/agents/triage')).json.scale).toBe(2);
    expect((await control.get('/v1/project')).json.release).toBe(json.release);
    await world.advance(10_000);
    expect((await world.run(second)).state).toBe('running');
    for (const scale of [0, -1, 1.5, 1_001, '2', null]) {
      expect((await control.post('/v1/agents/triage/scale', { scale })).status).toBe(400);
    }
    expect((await control.get('/v1/audit?limit=1')).json.entries).toMatchObject([
      { action: 'agent.scale', why: 'more', target: 'agents/triage' },
    ]);
  });

  it('are not there under names that every object has', async () => {
    const { control } = await controlled();
    for (const name of ['constructor', 'tostring', 'nobody']) {
      expect((await control.get(`/v1/agents/${name}`)).status).toBe(404);
      expect((await control.post(`/v1/agents/${name}/pause`)).status).toBe(404);
    }
  });
});

describe('the project', () => {
  it('says what is published, and what of it is held', async () => {
    const { control } = await controlled();
    expect((await control.get('/v1/project')).json).toMatchObject({
      name: 'test',
      scale: null,
      inFlight: null,
      paused: null,
      agents: ['triage', 'nightly'],
      sources: { github: 'github' },
    });
    await control.post('/v1/project/pause', { why: 'holidays' });
    expect((await control.get('/v1/project')).json.paused).toMatchObject({ why: 'holidays' });
    expect((await control.post('/v1/project/resume')).json).toEqual({ changed: true });
  });

  it('counts against a new limit what runs already', async () => {
    const { world, control } = await controlled();
    const { triage: running = '' } = await world.deliver('d1');
    await world.settle();
    await control.post('/v1/project/scale', { scale: 1 });
    expect((await control.get('/v1/project')).json).toMatchObject({ inFlight: [running] });
    await world.advance(10_000);
    const { json } = await control.post('/v1/agents/nightly/trigger');
    await world.settle();
    expect((await world.run(json.run)).state).toBe('queued');
    await world.exit(running, { exitCode: 0 });
    await world.advance(10_000);
    expect((await world.run(json.run)).state).toBe('running');
  });

  it('gets a limit of its own', async () => {
    const { control } = await controlled();
    await control.post('/v1/project/scale', { scale: 4 });
    expect((await control.get('/v1/project')).json).toMatchObject({ scale: 4, inFlight: [] });
  });
});

describe('schedules', () => {
  it('are looked at ahead of time', async () => {
    const { control } = await controlled();
    const { json } = await control.get('/v1/schedules?count=2&from=2026-03-28T12:00:00Z');
    expect(json.schedules).toMatchObject([
      { agent: 'nightly', due: ['2026-03-29T01:00:00.000Z', '2026-03-30T01:00:00.000Z'] },
    ]);
  });

  it('are tried before anybody has them', async () => {
    const { control } = await controlled();
    const preview = (cron: string, zone = 'UTC') =>
      control.get(
        `/v1/schedules/preview?count=1&cron=${encodeURIComponent(cron)}&timezone=${zone}`,
      );
    expect((await preview('30 6 * * 1')).json).toEqual({ due: ['2026-03-02T06:30:00.000Z'] });
    expect(await preview('* * * * * *')).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^cron has six fields/) },
    });
    expect(await preview('every day', 'Mars')).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/^cron .*; timezone /) },
    });
  });
});

describe('deliveries', () => {
  it('are listed, shown and explained, and started again by hand', async () => {
    const { world, control } = await controlled();
    await world.deliver('d1');
    const { json } = await control.get('/v1/deliveries?outcome=ran');
    expect(json).toMatchObject({
      deliveries: [
        { id: 'github:d1', event: 'issues', unmatched: { nightly: [expect.anything()] } },
      ],
      next: null,
    });
    const chosen = await control.get(
      '/v1/deliveries?source=github&event=issues&outcome=ran&limit=1',
    );
    expect(chosen.json).toEqual(json);
    const one = await control.get('/v1/deliveries/github:d1');
    expect(one.json).toEqual(json.deliveries[0]);
    const body = await control.fetch('GET', '/v1/deliveries/github:d1/body');
    expect(await body.text()).toBe('{"deliveryId":"d1"}');
    const dry = await control.get('/v1/deliveries/github:d1/dry-run');
    expect(dry.json).toMatchObject({ isDuplicate: true, agents: { triage: { matches: true } } });
    const asking = { headers: { 'idempotency-key': 'k' } };
    const replay = () =>
      control.post('/v1/deliveries/github:d1/replay', { why: 'once more' }, asking);
    const replayed = await replay();
    expect(replayed.json).toMatchObject({ isNew: true, runs: { triage: expect.anything() } });
    expect((await replay()).json).toMatchObject({ isNew: false, runs: replayed.json.runs });
    for (const agents of [['nightly'], [], ['triage']]) {
      const other = await control.post('/v1/deliveries/github:d1/replay', { agents }, asking);
      expect(other).toMatchObject({ status: 409, json: { error: expect.stringMatching(/key/) } });
    }
    expect((await world.runs()).length).toBe(2);
  });

  it('that nobody sent are explained, and nothing is stored', async () => {
    const { world, control } = await controlled();
    const fixture = {
      source: 'github',
      headers: { 'X-GitHub-Event': 'issues', 'X-GitHub-Delivery': 'abc' },
      body: { action: 'opened', repository: { full_name: 'acme/pasture' } },
    };
    const { json } = await control.post('/v1/deliveries/dry-run', fixture);
    expect(json).toMatchObject({
      kind: 'event',
      signature: 'missing',
      agents: { triage: { matches: true }, nightly: { matches: false } },
    });
    const other = await control.post('/v1/deliveries/dry-run', { ...fixture, source: 'gitlab' });
    expect(other.json).toMatchObject({ kind: 'refused' });
    expect(await world.runs()).toEqual([]);
    expect((await control.get('/v1/deliveries')).json.deliveries).toEqual([]);
  });

  it('that are not there are 404', async () => {
    const { control } = await controlled();
    for (const path of ['', '/body', '/dry-run']) {
      expect((await control.get(`/v1/deliveries/github:none${path}`)).status).toBe(404);
    }
    expect((await control.post('/v1/deliveries/github:none/replay')).status).toBe(404);
  });
});
