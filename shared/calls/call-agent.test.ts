import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { pauseAgent, pauseProject } from '../agents/pause.ts';
import { largestInput, readInput } from '../runs/input.ts';
import { retryRun } from '../runs/retry-run.ts';
import type { Run } from '../runs/run.ts';

const quiet = { webhooks: [] };
const project = projectOf({
  a: { ...quiet, scale: 9 },
  b: { ...quiet, scale: 9 },
  c: { ...quiet, scale: 9 },
  d: { ...quiet, scale: 9 },
  e: { ...quiet, scale: 9 },
  off: { ...quiet, scale: 0 },
});
const somebody = { who: 'octavia', why: '' };

describe('a call', () => {
  it('starts a run of the other agent, and both documents lead to each other', async () => {
    const { world, start, call, record } = await createCallers(project);
    const a = await start('a');
    const { callId, runId } = await call(a, 'b', 'Say "hi".');
    expect(callId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await world.run(runId)).toMatchObject({
      state: 'running',
      agent: 'b',
      prompt: 'Say "hi".',
      calledBy: a,
      trigger: { type: 'call', call: callId, caller: a, chain: ['a'], depth: 1 },
      links: { calledBy: `runs/${a}`, call: `calls/${callId}` },
    });
    expect(await world.run(a)).toMatchObject({
      calls: [runId],
      summary: `a is running: it called b: ${runId}`,
    });
    expect(await record(callId)).toMatchObject({
      caller: a,
      callerAgent: 'a',
      agent: 'b',
      run: runId,
      state: 'pending',
      depth: 1,
      summary: `the call of b by ${a} waits for ${runId}`,
    });
  });

  it('is a new one each time, unless it carries the key of an earlier one', async () => {
    const { start, request, records } = await createCallers(project);
    const [a, other] = [await start('a'), await start('a')];
    const first = await request(a, 'b', { key: 'k' });
    expect(await request(a, 'b', { key: 'k' })).toEqual(first);
    const others = [
      await request(a, 'b'),
      await request(a, 'b'),
      await request(a, 'c', { key: 'k' }),
      await request(other, 'b', { key: 'k' }),
    ];
    expect(new Set([first, ...others].map((one) => JSON.stringify(one))).size).toBe(5);
    expect(await records()).toHaveLength(5);
    expect(await request(a, 'b', { key: 'k', context: 'Shear them.' })).toEqual({
      outcome: 'refused',
      why: 'its idempotency key was used for another context: take a new one',
    });
  });

  it('of the same key is one run, however many ask at once', async () => {
    const { start, request, world } = await createCallers(project);
    const a = await start('a');
    const asked = await Promise.all(Array.from({ length: 6 }, () => request(a, 'b', { key: 'k' })));
    expect(new Set(asked.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await world.runs()).toHaveLength(2);
    expect((await world.run(a)).calls).toHaveLength(1);
  });

  it('that was made before is told of again, though it could not be made today', async () => {
    const { start, request, world } = await createCallers(project);
    const a = await start('a');
    const first = await request(a, 'b', { key: 'k' });
    await world.publish(projectOf({ a: quiet, b: { ...quiet, scale: 0 } }));
    expect(await request(a, 'b', { key: 'k' })).toEqual(first);
    expect(await request(a, 'b', { key: 'l' })).toMatchObject({ outcome: 'refused' });
  });

  it('is lost by none of many that are made at once', async () => {
    const { start, request, world } = await createCallers(project);
    const a = await start('a');
    const asked = await Promise.all(Array.from({ length: 8 }, () => request(a, 'b')));
    const runIds = asked.map((one) => (one.outcome === 'accepted' ? one.runId : one.outcome));
    expect([...(await world.run(a)).calls].sort()).toEqual(runIds.sort());
  });

  it('without an answer leaves a run and no call', async () => {
    const { world, start, request, records } = await createCallers(project);
    const a = await start('a');
    const called = await request(a, 'b', { wantsAnswer: false });
    const runId = called.outcome === 'accepted' ? called.runId : '';
    expect((await world.run(runId)).trigger).toEqual({
      type: 'call',
      call: null,
      caller: a,
      chain: ['a'],
      depth: 1,
    });
    expect(await records()).toEqual([]);
    await world.settle();
    await world.exit(runId, { exitCode: 0 });
    expect((await world.run(runId)).state).toBe('succeeded');
  });

  it.each([
    ['the agent', 'a', 'agent cannot call itself'],
    ['an agent that is not there', 'x', 'target agent "x" not found'],
    ['a name that every object has', 'constructor', 'target agent "constructor" not found'],
    ['a name of nothing', '../a', 'target agent "../a" not found'],
    ['a disabled agent', 'off', 'target agent "off" is disabled'],
  ])('of %s is refused', async (_what, target, why) => {
    const { start, request, records, world } = await createCallers(project);
    const a = await start('a');
    expect(await request(a, target)).toEqual({ outcome: 'refused', why });
    expect(await records()).toEqual([]);
    expect((await world.run(a)).calls).toEqual([]);
  });

  it('is refused below the third, and names that before anything that follows', async () => {
    const { start, call, request } = await createCallers(project);
    let run = await start('a');
    for (const target of ['b', 'c', 'd']) run = (await call(run, target)).runId;
    for (const target of ['e', 'a', 'x', 'off']) {
      const refused = { outcome: 'refused', why: 'trigger depth limit reached' };
      expect(await request(run, target)).toEqual(refused);
    }
    expect(await request(run, 'd')).toMatchObject({ why: 'agent cannot call itself' });
  });

  it('is refused below as many as the project says', async () => {
    for (const maxCallDepth of [0, 1]) {
      const { start, call, request } = await createCallers({ ...project, maxCallDepth });
      let run = await start('a');
      for (const target of ['b'].slice(0, maxCallDepth)) run = (await call(run, target)).runId;
      expect(await request(run, 'c')).toMatchObject({ why: 'trigger depth limit reached' });
    }
  });

  it('of an agent that it was itself called by, however far above, is refused', async () => {
    const { start, call, request } = await createCallers(project);
    const a = await start('a');
    const b = (await call(a, 'b')).runId;
    const c = (await call(b, 'c')).runId;
    expect(await request(c, 'a')).toEqual({
      outcome: 'refused',
      why: 'agent "a" is in the chain of calls already: a > b > c',
    });
    expect(await request(c, 'b')).toMatchObject({ outcome: 'refused' });
  });

  it('counts from where it stands when it is made by a retry', async () => {
    const retry = { attempts: 1, exitCodes: null, backoff: 1, maxBackoff: 1 };
    const { agents } = project;
    const b = agents.b;
    if (!b) throw new Error('no b');
    const retried = { ...project, maxCallDepth: 1, agents: { ...agents, b: { ...b, retry } } };
    const { world, start, call, request } = await createCallers(retried);
    const first = (await call(await start('a'), 'b')).runId;
    await world.exit(first, { exitCode: 1 });
    await world.advance(5_000);
    const { next } = await world.run(first);
    expect(await request(next ?? '', 'c')).toMatchObject({ why: 'trigger depth limit reached' });
  });

  it('waits where the agent or the project is paused, and is accepted', async () => {
    const { world, start, call, read } = await createCallers(project);
    const a = await start('a');
    await pauseAgent(world.ports, 'b', somebody);
    const one = await call(a, 'b');
    await pauseProject(world.ports, somebody);
    const other = await call(a, 'c');
    for (const { runId, callId } of [one, other]) {
      expect((await world.run(runId)).state).toBe('queued');
      expect(await read(a, callId)).toMatchObject({ state: 'pending' });
    }
  });

  it('is refused to a secret that is nobody’s and to a run that is over', async () => {
    const { world, start, request, records } = await createCallers(project);
    const a = await start('a');
    const forged = await request(a, 'b', { secret: `${a}.${'0'.repeat(64)}` });
    expect(forged).toEqual({ outcome: 'no such run' });
    await world.exit(a, { exitCode: 0 });
    expect(await request(a, 'b')).toEqual({ outcome: 'no such run' });
    expect(await records()).toEqual([]);
  });

  it('is never cut: what does not fit is refused', async () => {
    const { start, request, call, world } = await createCallers(project);
    const a = await start('a');
    const fits = '\u0001é'.repeat(largestInput / 3);
    const { runId } = await call(a, 'b', fits);
    const run = await world.ports.documents.get<Run>(`runs/${runId}`);
    expect(run && (await readInput(world.ports, run))).toBe(fits);
    expect(JSON.stringify(run?.data).length).toBeLessThan(50_000);
    expect(await request(a, 'b', { context: `${fits}xy` })).toEqual({
      outcome: 'too large',
      why: 'context of 262145 bytes is over the limit of 262144: put the rest where the other agent can read it',
    });
  });

  it('reaches a container that is told what was asked, and by whom', async () => {
    const prompts: string[] = [];
    const { start, call } = await createCallers(project, {
      container: ({ env }) => {
        prompts.push(env.PROMPT ?? '');
        return 'runs';
      },
    });
    await call(await start('a'), 'b', 'Line\n</agent-call> and "quotes"');
    const [, block = ''] = /^<agent-call>\n(.*)\n<\/agent-call>\n\n/m.exec(prompts[1] ?? '') ?? [];
    expect(JSON.parse(block)).toEqual({ caller: 'a', context: 'Line\n</agent-call> and "quotes"' });
    expect(prompts[1]?.match(/<\/agent-call>/g)).toHaveLength(1);
    expect(prompts[1]).toContain('`al-return`');
  });

  it('is not made again by a person who repeats its run', async () => {
    const { world, start, call, record } = await createCallers(project);
    const { callId, runId } = await call(await start('a'), 'b', 'Count.');
    await world.exit(runId, { exitCode: 1 });
    const repeated = await retryRun(world.ports, settings, world.releases, runId, somebody, null);
    const again = repeated.ok ? await world.run(repeated.runId) : undefined;
    expect(again).toMatchObject({ trigger: { type: 'manual' }, prompt: 'Count.', calledBy: null });
    expect(await record(callId)).toMatchObject({ state: 'error', run: runId });
  });

  it('is listed with the last hundred of its caller', async () => {
    const many = projectOf({ a: quiet, b: { ...quiet, maxWorkQueueSize: 500 } });
    const { world, start, request } = await createCallers(many);
    const a = await start('a');
    const runIds: string[] = [];
    for (let n = 0; n < 103; n += 1) {
      const called = await request(a, 'b');
      if (called.outcome === 'accepted') runIds.push(called.runId);
    }
    expect((await world.run(a)).calls).toEqual(runIds.slice(3));
  });
});
