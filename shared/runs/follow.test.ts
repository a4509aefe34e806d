import { describe, expect, it } from 'vitest';
import { ask } from '../../test/ask.ts';
import { agentOf, projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, resumeAgent } from '../agents/pause.ts';
import type { AgentState } from '../agents/state.ts';
import type { Agent, Retry } from '../projects/project.ts';
import { type Ending, endRun } from './end.ts';
import { follow } from './follow.ts';
import { inputPath } from './input.ts';
import type { Run } from './run.ts';

const retry: Retry = { attempts: 2, exitCodes: null, backoff: 100, maxBackoff: 1_000 };
const octavia = { who: 'octavia', why: 'holiday' };

function worldOf(agent: Partial<Agent>): Promise<World> {
  return createWorld({ project: projectOf({ triage: agent }) });
}

/** The run that follows this one. */
async function next(world: World, id: string): Promise<[string, Run]> {
  const following = (await world.run(id)).next ?? 'nobody';
  return [following, await world.run(following)];
}

async function stateOf(world: World): Promise<AgentState | undefined> {
  return (await world.ports.documents.get<AgentState>('agents/triage'))?.data;
}

describe('a run that exits with 42', () => {
  it('is followed by another with the same prompt, and each points at the other', async () => {
    const world = await worldOf({ maxReruns: 3 });
    const first = await ask(world, 'triage', { prompt: 'Mend the gate.' });
    await world.settle();
    await world.exit(first, { exitCode: 42 });
    const [id, run] = await next(world, first);
    expect(run).toMatchObject({
      state: 'running',
      prompt: 'Mend the gate.',
      trigger: {
        type: 'rerun',
        of: first,
        because: 'asked',
        reruns: 1,
        retries: 0,
        origin: { type: 'manual', by: 'octavia@example.com' },
      },
      links: { before: `runs/${first}` },
      cause: `["rerun","${first}"]`,
      notBefore: null,
    });
    expect(run.links.execution).toContain(`/drover-${id}/`);
    expect(run.timeline[0]?.why).toBe(`rerun 1 of at most 3, after ${first} asked for it`);
    const ended = await world.run(first);
    expect(ended.links.next).toBe(`runs/${id}`);
    expect(ended.summary).toBe(
      `triage succeeded: it asked to run again; ${id} follows (rerun 1 of at most 3)`,
    );
  });

  it('is followed by as many in a row as maxReruns says, and the last says that there are no more', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { maxReruns: 2 } }),
      container: () => ({ exitCode: 42 }),
    });
    const first = await ask(world, 'triage', { prompt: 'Mend the gate.' });
    await world.advance(60_000);
    expect(world.started).toHaveLength(3);
    const [second] = await next(world, first);
    const [, last] = await next(world, second);
    expect(last).toMatchObject({ state: 'succeeded', next: null, prompt: 'Mend the gate.' });
    expect(last.summary).toMatch(/; it does not run again: its maxReruns is 2$/);
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
  });

  it('is followed by nothing when an event started it, and says why', async () => {
    const world = await worldOf({});
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.exit(triage, { exitCode: 42 });
    expect(await world.run(triage)).toMatchObject({
      state: 'succeeded',
      reason: 'rerun_requested',
      next: null,
      summary:
        'triage succeeded: it asked to run again; it does not run again: only what a schedule or a person started does',
    });
    expect(world.started).toHaveLength(1);
  });

  it('is followed by one that waits while its agent is paused', async () => {
    const world = await worldOf({});
    const first = await ask(world, 'triage');
    await world.settle();
    await pauseAgent(world.ports, 'triage', octavia);
    await world.exit(first, { exitCode: 42 });
    await world.advance(10 * 60_000);
    const [id, held] = await next(world, first);
    expect(held.state).toBe('queued');
    await resumeAgent(world.ports, 'triage', octavia);
    await world.settle();
    expect((await world.run(id)).state).toBe('running');
  });

  it.each([
    ['is disabled', { triage: agentOf({ scale: 0 }) }, 'nothing follows: its agent is disabled'],
    ['is gone', {}, 'nothing follows: its agent is no longer in the project'],
  ])('is followed by nothing when its agent %s by then, and says so', async (_, agents, why) => {
    const world = await worldOf({});
    const first = await ask(world, 'triage');
    await world.settle();
    await world.publish({ ...projectOf({ other: {} }), agents });
    await world.exit(first, { exitCode: 42 });
    const { next, summary, state } = await world.run(first);
    expect([next, state]).toEqual([null, 'succeeded']);
    expect(summary).toBe(`triage succeeded: it asked to run again; ${why}`);
  });

  it('is followed by one of the release that is current then', async () => {
    const world = await worldOf({ timeout: 60 });
    const first = await ask(world, 'triage');
    await world.settle();
    await world.publish(projectOf({ triage: { timeout: 90 } }));
    await world.exit(first, { exitCode: 42 });
    const [, run] = await next(world, first);
    expect(run.timeout).toBe(90);
    expect(run.release).not.toBe((await world.run(first)).release);
  });
});

describe('what follows a run', () => {
  const retried: Ending = { event: 'fail', reason: 'signal', why: 'the machine went away' };

  /** What follows a run with these fields, if its machine goes away. */
  async function followedOf(world: World, id: string, fields: Partial<Run> = {}) {
    const published = await world.releases.current();
    const run = await world.ports.documents.get<Run>(`runs/${id}`);
    if (!run) throw new Error(`there is no run ${id}`);
    const changed = { ...run, data: { ...run.data, ...fields } };
    return follow(world.ports, published, changed, retried, world.ports.clock.now());
  }

  it('has its container in the region of the first, where that is known', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    const { resources } = await world.run(first);
    const regionOf = async (fields: Partial<Run>): Promise<unknown> => {
      const [admitted] = (await followedOf(world, first, fields)).writes;
      return admitted?.op === 'create' ? admitted.data.resources : 'no run';
    };
    expect(resources).toMatchObject({ region: settings.region });
    const elsewhere = { cpus: '1', memory: '1Gi', region: 'asia-east1' };
    expect(await regionOf({ resources: elsewhere })).toEqual({
      ...resources,
      region: 'asia-east1',
    });
    const { region: _, ...unknown } = elsewhere;
    expect(await regionOf({ resources: unknown })).not.toHaveProperty('region');
    expect(await regionOf({ resources: null })).not.toHaveProperty('region');
  });

  it('is not admitted a second time', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    const once = await followedOf(world, first);
    await world.ports.documents.commit(once.writes);
    const again = await followedOf(world, first);
    expect(again.writes).toEqual([]);
    expect(again.set).toEqual(once.set);
  });

  it('is nothing when what the run was asked is not there any more', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage', { prompt: 'moo '.repeat(10_000) });
    expect((await followedOf(world, first)).writes).toHaveLength(2);
    await world.ports.documents.commit([{ op: 'delete', path: inputPath(first) }]);
    expect(await followedOf(world, first)).toEqual({
      writes: [],
      set: {},
      why: 'nothing follows: what it was asked is not there any more',
      notBefore: null,
    });
  });

  it('is nothing when somebody had it stopped, however it then ended, and nothing is said of it', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    await world.settle();
    await world.ports.documents.commit([
      { op: 'update', path: `runs/${first}`, fields: { stop: { ...octavia, reason: 'killed' } } },
    ]);
    await world.exit(first, { exitCode: 1 });
    expect(await world.run(first)).toMatchObject({
      next: null,
      summary: 'triage failed: its container exited with 1 (an error)',
    });
  });

  it('is nothing when its execution was cancelled outside, and nothing is said of it', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    await world.settle();
    const why = 'its execution was cancelled';
    await endRun(world.ports, world.releases, first, {
      event: 'kill',
      reason: 'cancelled_outside',
      why,
    });
    expect(await world.run(first)).toMatchObject({
      next: null,
      summary: `triage killed: ${why}`,
    });
  });

  it('is nothing when its agent is gone by the time it fails', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    await world.settle();
    await world.publish(projectOf({ other: {} }));
    await world.exit(first, { exitCode: 1 });
    expect(await world.run(first)).toMatchObject({
      next: null,
      summary: 'triage failed: its container exited with 1 (an error)',
    });
  });
});

describe('the wish to run again', () => {
  it('alone brings nothing about: the exit code decides, and the run says so', async () => {
    const world = await worldOf({});
    const first = await ask(world, 'triage');
    await world.settle();
    const path = `runs/${first}`;
    await world.ports.documents.commit([{ op: 'update', path, fields: { rerunRequested: true } }]);
    await world.exit(first, { exitCode: 0 });
    expect(await world.run(first)).toMatchObject({
      next: null,
      summary:
        'triage succeeded: its container ended well; it asked to run again, which only exit code 42 brings about',
    });
  });
});

describe('a run that fails under a retry policy', () => {
  it('is followed by another of the same event, after a pause that the reader can see', async () => {
    const world = await worldOf({ retry });
    const { triage: first = '' } = await world.deliver('1', { title: 'The gate is open' });
    await world.settle();
    await world.exit(first, { exitCode: 1 });
    const [id, run] = await next(world, first);
    expect(run).toMatchObject({
      state: 'queued',
      context: { title: 'The gate is open' },
      trigger: { because: 'retry', retries: 1, reruns: 0, origin: { type: 'webhook' } },
    });
    expect(run.timeline[0]?.why).toMatch(
      new RegExp(`^retry 1 of at most 2, after ${first} failed, not before 2026`),
    );
    const waitMs = (run.notBefore?.getTime() ?? 0) - world.ports.clock.now();
    expect(waitMs).toBeGreaterThanOrEqual(50_000);
    expect(waitMs).toBeLessThanOrEqual(100_000);
    expect((await world.run(first)).summary).toBe(
      `triage failed: its container exited with 1 (an error); ${id} follows (retry 1 of at most 2, not before ${run.notBefore?.toISOString()})`,
    );
    expect(run.links.delivery).toBe((await world.run(first)).links.delivery);
    await world.advance(49_000);
    expect((await world.run(id)).state).toBe('queued');
    await world.advance(51_000);
    expect((await world.run(id)).state).toBe('running');
  });

  it('is tried as often in a row as it says, and then says that it is not tried again', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { retry } }),
      container: () => ({ exitCode: 1 }),
    });
    await ask(world, 'triage');
    await world.advance(20 * 60_000);
    expect(world.started).toHaveLength(3);
    const last = (await world.runs()).find((run) => run.next === null);
    expect(last?.summary).toMatch(/; it is not retried: its retry.attempts is 2$/);
    expect((await stateOf(world))?.failures).toBe(3);
  });

  it('is not tried again when trying is useless, and says why', async () => {
    const credentials = ['github_token:default'];
    const world = await worldOf({ retry, credentials });
    const first = await ask(world, 'triage');
    await world.settle();
    expect(await world.run(first)).toMatchObject({
      state: 'failed',
      reason: 'credential_missing',
      next: null,
    });
    expect((await world.run(first)).summary).toMatch(
      /; it is not retried: the credential would be missing again$/,
    );
  });

  it('is tried again when its execution broke off', async () => {
    const world = await worldOf({ retry });
    const first = await ask(world, 'triage');
    await world.settle();
    const ending = { event: 'fail', reason: 'interrupted', why: 'the machine went away' } as const;
    await endRun(world.ports, world.releases, first, ending);
    expect((await next(world, first))[1].trigger).toMatchObject({ because: 'retry' });
  });

  it('is tried again when it was we who cancelled it because its container never started', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { retry } }),
      pace: { stall: () => 0, start: () => 17 * 60_000, ignoresTerm: () => false, kill: () => 0 },
    });
    const first = await ask(world, 'triage');
    await world.advance(20 * 60_000);
    expect(await world.run(first)).toMatchObject({
      reason: 'container_not_started',
      stop: { reason: 'timeout' },
    });
    expect((await next(world, first))[1].trigger).toMatchObject({ because: 'retry' });
  });

  it('waits with its retry when it was the failure after which its agent paused itself', async () => {
    const budget = { runsPerDay: null, minutesPerDay: null, failuresInARow: 1 };
    const world = await worldOf({ retry, budget });
    const first = await ask(world, 'triage');
    await world.settle();
    await world.exit(first, { exitCode: 1 });
    expect((await stateOf(world))?.paused).toMatchObject({ by: 'drover' });
    await world.advance(20 * 60_000);
    expect((await next(world, first))[1].state).toBe('queued');
  });
});

describe('the ending of a run', () => {
  it('counts the seconds of its container and its failure for its agent', async () => {
    const world = await worldOf({});
    const first = await ask(world, 'triage');
    await world.settle();
    await world.advance(12_000);
    await world.exit(first, { exitCode: 1 });
    expect(await stateOf(world)).toMatchObject({
      failures: 1,
      spend: { day: '2026-03-01', seconds: 12 },
      inFlight: [],
    });
    const second = await ask(world, 'triage');
    await world.settle();
    await world.exit(second, { exitCode: 0 });
    expect((await stateOf(world))?.failures).toBe(0);
  });

  it('gives its key back with its slot', async () => {
    const world = await worldOf({ concurrency: { key: '{repo}', busy: 'queue' } });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect((await stateOf(world))?.keys).toEqual({ [triage]: 'acme/pasture' });
    await world.exit(triage, { exitCode: 0 });
    expect((await stateOf(world))?.keys).toEqual({});
  });
});
