import { describe, expect, it } from 'vitest';
import { createLogGatherer } from '../shared/runs/logs.ts';
import { type Control, controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld, type World } from './world.ts';

async function controlled(): Promise<{ world: World; control: Control }> {
  const project = projectOf({
    triage: { timeout: 3_600, description: 'Sorts issues.' },
    other: { webhooks: [] },
  });
  const world = await createWorld({ project });
  return { world, control: await controlOf(world) };
}

/** A run that has said these lines, a millisecond apart. */
async function runSaying(world: World, delivery: string, ...texts: string[]): Promise<string> {
  const { triage = '' } = await world.deliver(delivery);
  await world.advance(1_000);
  const clock = { now: world.ports.clock.now, sleep: async () => {} };
  const gatherer = createLogGatherer({ documents: world.ports.documents, clock });
  for (const [n, text] of texts.entries()) {
    const at = `${new Date(world.ports.clock.now() + n).toISOString().slice(0, -1)}000000Z`;
    await gatherer.add(triage, { at, insertId: `${n}`, severity: 'INFO', text });
  }
  return triage;
}

interface Entries {
  json: { entries: { msg: string }[] };
}
const messages = ({ json }: Entries): string[] => json.entries.map(({ msg }) => msg);

describe("Action Llama's command line finds", () => {
  it('the status that it shows', async () => {
    const { world, control } = await controlled();
    await world.deliver('d1');
    await world.advance(1_000);
    await world.deliver('d2');
    await world.settle();
    const { json } = await control.get('/control/status');
    expect(json).toMatchObject({
      scheduler: { mode: 'docker', projectName: 'test', paused: false, webhooksActive: true },
      agents: [
        { name: 'triage', description: 'Sorts issues.', enabled: true, state: 'running' },
        { name: 'other', enabled: true, state: 'idle', runningCount: 0 },
      ],
      instances: [{ agentName: 'triage', status: 'running', trigger: 'webhook:github' }],
      running: 1,
      queueSizes: { triage: 1, other: 0 },
    });
    expect((await control.get('/control/instances')).json.instances).toEqual(json.instances);
    expect((await control.get('/locks/status')).json).toEqual({ locks: [] });
  });

  it('pause and resume, of the project and of an agent', async () => {
    const { control } = await controlled();
    const post = async (path: string) => (await control.post(path)).json;
    expect(await post('/control/pause')).toEqual({ success: true, message: 'Scheduler paused' });
    expect((await control.get('/control/status')).json.scheduler.paused).toBe(true);
    expect(await post('/control/resume')).toEqual({ success: true, message: 'Scheduler resumed' });
    for (const [verb, done, enabled] of [
      ['pause', 'paused', false],
      ['resume', 'resumed', true],
      ['disable', 'disabled', false],
      ['enable', 'enabled', true],
    ] as const) {
      const message = `Agent triage ${done}`;
      const answer = await post(`/control/agents/triage/${verb}`);
      expect(answer).toEqual({ success: true, message });
      expect((await control.get('/control/status')).json.agents[0].enabled).toBe(enabled);
      expect(await control.post(`/control/agents/nobody/${verb}`)).toMatchObject({
        status: 404,
        json: { error: 'Agent nobody not found' },
      });
    }
  });

  it('a run by asking for it, whose id is real from the start', async () => {
    const { world, control } = await controlled();
    const { json } = await control.post('/control/trigger/other', { prompt: '  Count sheep. ' });
    expect(json).toMatchObject({ success: true, message: 'Agent other triggered' });
    expect(await world.run(json.instanceId)).toMatchObject({ prompt: 'Count sheep.' });
    expect(await control.post('/control/trigger/nobody')).toMatchObject({
      status: 404,
      json: { error: 'Agent nobody not found' },
    });
    await control.post('/control/agents/other/pause', { why: 'rain' });
    const held = await control.post('/control/trigger/other');
    expect(held.status).toBe(200);
    expect(held.json.message).toMatch(/^Agent other triggered; it waits: .*rain/);
  });

  it('kill, of a run and of an agent', async () => {
    const { world, control } = await controlled();
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    expect(await control.post('/control/kill/triage-nobody')).toMatchObject({
      status: 404,
      json: { error: 'Instance triage-nobody not found' },
    });
    expect((await control.post('/control/agents/triage/kill')).json).toEqual({
      success: true,
      message: 'Killed 1 instance(s) of triage',
      killed: 1,
    });
    await world.advance(20_000);
    const again = await control.post(`/control/kill/${triage}`);
    expect(again.status).toBe(404);
  });

  it('scale, from 1 on', async () => {
    const { control } = await controlled();
    const scale = (path: string, value: unknown) => control.post(path, { scale: value });
    expect((await scale('/control/agents/triage/scale', 3)).json).toEqual({
      success: true,
      message: 'Agent triage scale updated to 3',
    });
    expect((await scale('/control/project/scale', '5')).json).toEqual({
      success: true,
      message: 'Project scale updated to 5',
    });
    for (const value of [0, -1, 1.5, 'two', undefined]) {
      const answer = await scale('/control/agents/triage/scale', value);
      expect(answer).toMatchObject({
        status: 400,
        json: { error: expect.stringMatching(/^Scale must be a positive integer/) },
      });
    }
    expect((await scale('/control/agents/nobody/scale', 2)).status).toBe(404);
  });

  it('no scheduler to stop, and what to do instead', async () => {
    const { control } = await controlled();
    const { status, json } = await control.post('/control/stop');
    expect(status).toBe(409);
    expect(json.error).toMatch(/POST \/control\/pause/);
  });
});

describe("Action Llama's logs", () => {
  it('have the lines of containers as entries, with the fields that they had', async () => {
    const { world, control } = await controlled();
    const said = '{"_log":true,"level":"warn","msg":"bash","cmd":"ls","ts":1772366401000}';
    const run = await runSaying(world, 'd1', said, 'plain text', '{"not":"ours"}');
    const { json } = await control.get(`/api/logs/agents/triage/${run}`);
    expect(json).toMatchObject({
      entries: [
        { level: 40, time: 1772366401000, msg: 'bash', cmd: 'ls', name: 'triage', instance: run },
        { level: 30, msg: 'plain text' },
        { level: 30, msg: '{"not":"ours"}' },
      ],
      backCursor: null,
      hasMore: false,
    });
    expect(JSON.stringify(json)).not.toContain('_log');
  });

  it('of a run go back and on by cursors', async () => {
    const { world, control } = await controlled();
    const run = await runSaying(world, 'd1', 'one', 'two', 'three');
    const path = `/api/logs/agents/triage/${run}`;
    const last = await control.get(`${path}?lines=2`);
    expect(messages(last)).toEqual(['two', 'three']);
    const back = await control.get(`${path}?lines=2&back_cursor=${last.json.backCursor}`);
    expect(messages(back)).toEqual(['one']);
    expect(back.json).toMatchObject({ cursor: null, backCursor: null });
    const on = await control.get(`${path}?cursor=${last.json.cursor}`);
    expect(on.json).toMatchObject({ entries: [], hasMore: false });
  });

  it('of an agent are those of its runs, newest last, and go on in runs that begin later', async () => {
    const { world, control } = await controlled();
    const first = await runSaying(world, 'd1', 'a1', 'a2');
    await world.exit(first, { exitCode: 0 });
    await runSaying(world, 'd2', 'b1');
    const path = '/api/logs/agents/triage';
    const last = await control.get(`${path}?lines=2`);
    expect(messages(last)).toEqual(['a2', 'b1']);
    const back = await control.get(`${path}?lines=2&back_cursor=${last.json.backCursor}`);
    expect(messages(back)).toEqual(['a1']);
    expect(back.json.backCursor).toBeNull();

    expect(messages(await control.get(`${path}?cursor=${last.json.cursor}`))).toEqual([]);
    await runSaying(world, 'd3', 'c1');
    const on = await control.get(`${path}?cursor=${last.json.cursor}`);
    expect(messages(on)).toEqual(['c1']);
    expect(messages(await control.get(`${path}?cursor=${on.json.cursor}`))).toEqual([]);
  });

  it('of a run are found by its id alone, which the command line takes for an agent', async () => {
    const { world, control } = await controlled();
    const run = await runSaying(world, 'd1', 'one');
    expect(messages(await control.get(`/api/logs/agents/${run}`))).toEqual(['one']);
    expect(messages(await control.get('/api/logs/agents/nobody'))).toEqual([]);
    expect(messages(await control.get(`/api/logs/agents/other/${run}`))).toEqual([]);
  });

  it('are chosen by level, time and expression', async () => {
    const { world, control } = await controlled();
    const level = (name: string) => `{"_log":true,"level":"${name}","msg":"${name}"}`;
    const names = ['debug', 'info', 'warn', 'error'];
    const run = await runSaying(world, 'd1', ...names.map(level));
    const now = world.ports.clock.now();
    const get = async (query: string) =>
      messages(await control.get(`/api/logs/agents/triage/${run}?${query}`));
    expect(await get('')).toEqual(['info', 'warn', 'error']);
    expect(await get('level=debug')).toEqual(names);
    expect(await get('level=ERROR')).toEqual(['error']);
    expect(await get('level=40')).toEqual(['warn', 'error']);
    expect(await get(`level=debug&after=${now}&before=${now + 3}`)).toEqual(['info', 'warn']);
    expect(await get('grep=%22msg%22%3A%22[we]')).toEqual(['warn', 'error']);
    expect(await get('lines=nonsense&level=constructor')).toEqual(['info', 'warn', 'error']);
  });

  it('of the scheduler tell what happened to runs, and go on after a time', async () => {
    const { world, control } = await controlled();
    const run = await runSaying(world, 'd1');
    const all = await control.get('/api/logs/scheduler');
    expect(messages(all).map((msg) => msg.split(':')[0])).toEqual([
      `${run} queued`,
      `${run} launching`,
      `${run} running`,
    ]);
    await world.exit(run, { exitCode: 3 });
    const on = await control.get(`/api/logs/scheduler?cursor=${all.json.cursor}&level=error`);
    expect(messages(on).map((msg) => msg.split(':')[0])).toEqual([`${run} failed`]);
  });
});

describe("Action Llama's history", () => {
  it('has the runs of an agent by page numbers', async () => {
    const { world, control } = await controlled();
    for (const [index, exitCode] of [0, 42, 1].entries()) {
      const run = await runSaying(world, `d${index}`);
      await world.exit(run, { exitCode });
      await control.post('/control/agents/triage/kill');
      await world.advance(1_000);
    }
    const all = await control.get('/api/stats/agents/triage/runs?limit=50');
    const results = all.json.runs.map(({ result }: { result: string }) => result);
    expect(results).toEqual(expect.arrayContaining(['completed', 'rerun', 'error']));
    expect(all.json.runs[0]).toMatchObject({
      agent_name: 'triage',
      trigger_type: 'webhook',
      trigger_source: 'github',
      started_at: expect.any(Number),
    });
    const second = await control.get('/api/stats/agents/triage/runs?limit=1&page=2');
    expect(second.json).toMatchObject({ runs: [all.json.runs[1]], page: 2, limit: 1 });
    const id = all.json.runs[0].instance_id;
    const one = await control.get(`/api/stats/agents/triage/runs/${id}`);
    expect(one.json.run).toEqual(all.json.runs[0]);
    expect((await control.get('/api/stats/agents/triage/runs/nobody')).json).toEqual({ run: null });
  });

  it('shows what waits first, then what runs, then what is over and what matched nothing', async () => {
    const { world, control } = await controlled();
    const over = await runSaying(world, 'd1');
    await world.exit(over, { exitCode: 1 });
    await runSaying(world, 'd2');
    await runSaying(world, 'd3');
    await world.publish(projectOf({ triage: { webhooks: [] } }));
    await world.deliver('d4');
    const { json } = await control.get('/api/stats/activity');
    const results = json.rows.map(({ result }: { result: string }) => result);
    expect(results).toEqual(['pending', 'running', 'dead-letter', 'error']);
    expect(json).toMatchObject({ total: 4, pendingCount: 1, limit: 50, offset: 0 });
    expect(json.rows[2]).toMatchObject({
      webhookReceiptId: 'github:d4',
      deadLetterReason: 'no_match',
    });
    const some = await control.get('/api/stats/activity?status=running,error&offset=1&limit=1');
    expect(some.json).toMatchObject({ rows: [{ result: 'error' }], total: 2 });
    const triggers = await control.get('/api/stats/triggers?agent=triage&triggerType=webhook');
    expect(triggers.json.triggers).toHaveLength(2);
  });

  it('has receipts, and asks for their work again', async () => {
    const { world, control } = await controlled();
    await world.deliver('d1');
    const { json } = await control.get('/api/stats/webhooks/github:d1');
    expect(json.receipt).toMatchObject({
      id: 'github:d1',
      eventSummary: 'issues labeled',
      matchedAgents: 1,
      status: 'processed',
      body: expect.stringContaining('d1'),
    });
    expect((await control.post('/api/webhooks/github:d1/replay')).json).toEqual({
      ok: true,
      matched: 1,
      skipped: 1,
      replayReceiptId: 'github:d1',
    });
    expect(await control.get('/api/stats/webhooks/github:none')).toMatchObject({
      status: 404,
      json: { receipt: null },
    });
    for (const path of ['/api/webhooks/github:d1/replay', '/v1/deliveries/github:d1/replay']) {
      expect((await control.post(`${path}?dryRun=1`)).status).toBe(400);
    }
    expect(await control.post('/api/webhooks/github:none/replay')).toMatchObject({
      status: 404,
      json: { error: 'receipt not found' },
    });
  });
});

describe("Action Llama's dashboard", () => {
  it('reads its data', async () => {
    const { world, control } = await controlled();
    const run = await runSaying(world, 'd1');
    await world.exit(run, { exitCode: 0 });
    const status = await control.get('/api/dashboard/status');
    expect(status.json.recentLogs.at(-1)).toMatchObject({
      agent: 'triage',
      message: expect.stringMatching(new RegExp(`^${run} succeeded: `)),
    });
    expect((await control.get('/api/dashboard/agents/triage')).json).toMatchObject({
      agent: { name: 'triage', state: 'idle' },
      agentConfig: { name: 'triage', description: 'Sorts issues.', scale: 1 },
      summary: { totalRuns: 1, okRuns: 1, errorRuns: 0 },
      runningInstances: [],
      totalHistorical: 1,
    });
    expect((await control.get('/api/dashboard/agents/nobody')).json).toMatchObject({
      agent: null,
      agentConfig: null,
      summary: null,
    });
    expect((await control.get('/api/dashboard/agents/triage/skill')).json).toHaveProperty('body');
    expect((await control.get('/api/dashboard/agents/nobody/skill')).status).toBe(404);
    expect((await control.get('/api/dashboard/config')).json).toMatchObject({
      projectName: 'test',
    });
  });

  it('names the variables of an agent, and shows none of their values', async () => {
    const project = projectOf({ triage: { env: { TOKEN: 'hush' } } });
    const control = await controlOf(await createWorld({ project }));
    const { json } = await control.get('/api/dashboard/agents/triage');
    expect(json.agentConfig.env).toEqual(['TOKEN']);
    expect(JSON.stringify(json)).not.toContain('hush');
  });
});
