import { describe, expect, it } from 'vitest';
import { lockPath } from '../../shared/locks/lock.ts';
import { controlOf } from '../../test/control.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';

/** What the control API says of a run. */
async function explained(world: World, run: string) {
  const control = await controlOf(world);
  const { status, json } = await control.get(`/v1/runs/${run}/explain`);
  expect(status).toBe(200);
  return json;
}

describe('a run explained', () => {
  it('tells which delivery, why its agent, and how long each part of its life took', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    await world.advance(7_000);
    await world.exit(triage, { exitCode: 0 });
    const json = await explained(world, triage);
    expect(json).toMatchObject({
      run: { id: triage, state: 'succeeded' },
      delivery: { id: 'github:d1', what: 'issues.labeled on acme/pasture by octavia' },
      whyNow: [],
      retries: [],
      before: [],
      next: null,
      locks: [],
    });
    expect(json.whyAgent[0]).toMatch(/^it listens to github/);
    expect(json.stages.map(({ name }: { name: string }) => name)).toEqual([
      'admitting',
      'queued',
      'launching',
      'running',
      'cleaning',
    ]);
    expect(json.stages[3]).toMatchObject({ name: 'running', ms: 7_000, isOpen: false });
  });

  it('says of one that waits for a slot why, and of one that has waited who had it', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 1 } }) });
    const { triage: first = '' } = await world.deliver('d1');
    await world.advance(1_000);
    const { triage: second = '' } = await world.deliver('d2');
    await world.settle();
    const waits = await explained(world, second);
    expect(waits.whyNow).toContainEqual('1 of its 1 slots are taken');
    expect(waits.stages.at(-1)).toMatchObject({ name: 'queued', isOpen: true });
    await world.advance(9_000);
    await world.exit(first, { exitCode: 0 });
    const waited = await explained(world, second);
    expect(waited.whyNow).toHaveLength(1);
    expect(waited.whyNow[0]).toMatch(
      `${first} of its agent had slots meanwhile; ${first} ended at `,
    );
  });

  it('says how many wait before it, and what a pause held', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 1 } }) });
    const control = await controlOf(world);
    await control.post('/v1/agents/triage/pause', { why: 'the tracker is down' });
    await world.deliver('d1');
    await world.advance(1_000);
    const { triage = '' } = await world.deliver('d2');
    await world.settle();
    const { whyNow } = await explained(world, triage);
    expect(whyNow[0]).toMatch(/^the agent is paused since .* by key:default: the tracker is down$/);
    expect(whyNow.at(-1)).toBe("1 of its agent's runs were admitted before it and wait as well");
    await world.advance(5_000);
    await control.post('/v1/agents/triage/resume');
    await world.settle();
    const [first] = (await world.runs()).filter(({ state }) => state === 'running');
    const id = first?.links.execution?.match(/drover-(triage-[a-z2-7]{8})/)?.[1] ?? '';
    const resumed = (await explained(world, id)).whyNow;
    expect(resumed).toEqual([
      expect.stringMatching(/^the agent was paused until 2026-03-01T12:00:0/),
    ]);
  });

  it('names the runs of its chain, and what each came to', async () => {
    const retry = { attempts: 2, backoff: 1, maxBackoff: 1, exitCodes: null };
    const world = await createWorld({ project: projectOf({ triage: { retry } }) });
    const { triage: first = '' } = await world.deliver('d1');
    await world.settle();
    await world.exit(first, { exitCode: 1 });
    const { next = '' } = await world.run(first);
    expect(await explained(world, first)).toMatchObject({
      next: { id: next, state: 'queued', reason: null },
    });
    await world.advance(90_000);
    const json = await explained(world, next ?? '');
    expect(json.before).toMatchObject([{ id: first, state: 'failed', reason: 'exit_code' }]);
    expect(json.whyAgent[0]).toBe(`${first} failed, and this is retry 1`);
  });

  it('says who asked, where no delivery did', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const control = await controlOf(world);
    const { json } = await control.post('/v1/agents/triage/trigger', { prompt: 'Look.' });
    expect(await explained(world, json.run)).toMatchObject({
      delivery: null,
      whyAgent: ['key:default asked for it'],
    });
  });

  it('names the locks that it holds now', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const { triage = '' } = await world.deliver('d1');
    await world.settle();
    const at = new Date(world.ports.clock.now());
    const until = new Date(at.getTime() + 60_000);
    const held = {
      summary: '',
      holder: triage,
      agent: 'triage',
      takenAt: at,
      since: at,
      last: null,
      dueAt: null,
    };
    await world.ports.documents.commit([
      {
        op: 'create',
        path: lockPath('deploy://api'),
        data: { ...held, key: 'deploy://api', fence: 7, until },
      },
      { op: 'create', path: lockPath('gone'), data: { ...held, key: 'gone', fence: 1, until: at } },
    ]);
    expect((await explained(world, triage)).locks).toEqual([
      { key: 'deploy://api', fence: 7, until: until.toISOString() },
    ]);
  });

  it('is not there for a run that is not there', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const control = await controlOf(world);
    expect((await control.get('/v1/runs/triage-zzzzzzzz/explain')).status).toBe(404);
  });
});
