import { describe, expect, it } from 'vitest';
import { keepCredential } from '../shared/credentials/home.ts';
import { runSecretId } from '../shared/runs/names.ts';
import type { RunJournalEntry } from '../shared/runs/run.ts';
import { onGithub, projectOf } from './project.ts';
import { createWorld } from './world.ts';

describe('the life of a run', () => {
  it('goes from a delivery to its end, and leaves nothing but its record', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect((await world.run(triage)).state).toBe('running');
    expect(await world.slots('triage')).toEqual([triage]);
    expect(await world.leftovers()).toEqual([`drover-${triage}`, runSecretId(triage, 1)]);

    await world.exit(triage, { exitCode: 0 });
    const run = await world.run(triage);
    expect(run).toMatchObject({
      state: 'succeeded',
      reason: 'completed',
      exitCode: 0,
      dueAt: null,
    });
    expect(run.timeline.map(({ state }) => state)).toEqual([
      'queued',
      'launching',
      'running',
      'succeeded',
    ]);
    expect(run.summary).toBe('triage succeeded: its container ended well');
    expect(run.cleanedAt).not.toBeNull();
    expect(await world.slots('triage')).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
  });

  it('is told in a journal that leads from the first document to the last', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const { triage = '' } = await world.deliver('1');
    const replayed: { [field: string]: unknown } = { ...(await world.run(triage)) };
    await world.settle();
    await world.exit(triage, { exitCode: 3 });

    const entries = await world.ports.documents.query<RunJournalEntry>({
      collection: `runs/${triage}/events`,
      limit: 100,
    });
    expect(entries.map(({ data }) => data.event)).toEqual(['launch', 'start', 'fail']);
    for (const { data } of entries) Object.assign(replayed, data.set);
    const { summary, times, timeline, events, published, cleanedAt, dueAt, ...told } =
      await world.run(triage);
    expect(replayed).toMatchObject(told);
    expect(events).toBe(entries.length);
    expect(timeline).toHaveLength(1 + entries.length);
    expect(published).toBe(1 + entries.length);
  });

  it('is found running by the first poll when Cloud Run takes its time to start it', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.prompt = false;
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect((await world.run(triage)).state).toBe('launching');
    await world.advance(5_000);
    expect((await world.run(triage)).state).toBe('running');
    expect(world.started).toHaveLength(1);
  });

  it('ends by polls alone when the log sink tells nothing', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.sink = false;
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.exit(triage, { exitCode: 0 });
    expect((await world.run(triage)).state).toBe('running');
    await world.advance(5_000);
    expect((await world.run(triage)).state).toBe('succeeded');
  });

  it('ends by the sweep alone when every wake-up is lost as well', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.sink = false;
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    world.tasks.misbehave({ forget: 1_000 });
    await world.exit(triage, { exitCode: 0 });
    await world.advance(120_000);
    expect((await world.run(triage)).state).toBe('running');
    world.tasks.misbehave({});
    await world.sweep();
    expect((await world.run(triage)).state).toBe('succeeded');
  });

  it('starts by the sweep when its first wake-up was lost', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.tasks.misbehave({ forget: 1 });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect((await world.run(triage)).state).toBe('queued');
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(triage)).state).toBe('running');
  });

  it('shows what it said last when it failed, and nothing of it when it did well', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 2 } }) });
    world.said = [{ at: 0, insertId: 'a', severity: 'ERROR', text: `no fence ${'x'.repeat(600)}` }];
    const bad = (await world.deliver('1')).triage ?? '';
    const good = (await world.deliver('2')).triage ?? '';
    await world.settle();
    await world.exit(bad, { exitCode: 1 });
    await world.exit(good, { exitCode: 0 });
    expect((await world.run(bad)).lastLines).toEqual([`no fence ${'x'.repeat(491)}...`]);
    expect((await world.run(good)).lastLines).toEqual([]);
  });

  it('times out at its deadline', async () => {
    const world = await createWorld({ project: projectOf({ triage: { timeout: 30 } }) });
    const { triage = '' } = await world.deliver('1');
    await world.advance(45_000);
    expect(await world.run(triage)).toMatchObject({ state: 'timed_out', reason: 'timeout' });
    expect(await world.leftovers()).toEqual([]);
  });

  it('is lost when its job was deleted behind our back', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.sink = false;
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.ports.jobs.delete(`drover-${triage}`);
    await world.advance(20_000);
    expect(await world.run(triage)).toMatchObject({ state: 'lost', reason: 'execution_vanished' });
    expect(await world.slots('triage')).toEqual([]);
  });

  it('fails with the reason when its image does not exist, and leaves nothing', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      imageExists: () => false,
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(await world.run(triage)).toMatchObject({ state: 'failed', reason: 'image_not_found' });
    expect(world.started).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
  });

  it('fails with the reason when a credential does not exist, and leaves nothing', async () => {
    const credentials = ['github_token:default'];
    const world = await createWorld({ project: projectOf({ triage: { credentials } }) });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(await world.run(triage)).toMatchObject({
      state: 'failed',
      reason: 'credential_missing',
      summary: 'triage failed: credential github_token:default is not in Secret Manager',
    });
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
  });

  it('gets its credentials as files and its own secret as a variable, and neither in the job', async () => {
    const credentials = ['git_ssh:default', 'git_ssh:other'];
    const seen: string[] = [];
    const world = await createWorld({
      project: projectOf({ triage: { credentials } }),
      container: ({ files, env }) => {
        for (const { directory, name, content } of files)
          seen.push(`${directory}/${name}=${content}`);
        seen.push(Object.keys(env).sort().join(' '));
        return 'runs';
      },
    });
    for (const instance of ['default', 'other']) {
      const fields = { id_rsa: Buffer.from(`key ${instance}`), username: Buffer.from('drover') };
      await keepCredential(world.ports, { type: 'git_ssh', instance }, fields);
    }
    await world.deliver('1');
    await world.settle();
    expect(seen.sort()).toEqual([
      '/credentials/git_ssh/default/id_rsa=key default',
      '/credentials/git_ssh/default/username=drover',
      '/credentials/git_ssh/other/id_rsa=key other',
      '/credentials/git_ssh/other/username=drover',
      'AGENT_CONFIG AL_AGENT AL_RUN_ID GATEWAY_URL PROMPT SHUTDOWN_SECRET TIMEOUT_SECONDS TRACEPARENT traceparent',
    ]);
  });
});

describe('an agent with more runs than slots', () => {
  it('runs them in the order they were admitted in, never more than its scale at once', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 2 } }) });
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      ids.push((await world.deliver(String(n))).triage ?? '');
      await world.advance(10);
    }
    for (const id of ids) {
      expect((await world.slots('triage')).length).toBeLessThanOrEqual(2);
      await world.exit(id, { exitCode: 0 });
    }
    expect(world.started).toEqual(ids.map((id) => `drover-${id}`));
  });

  it('answers no delivery of a burst with an error, and starts each once', async () => {
    const project = projectOf({ triage: { scale: 8, maxWorkQueueSize: 1_000 } });
    const world = await createWorld({ project, container: () => ({ exitCode: 0 }) });
    const ids = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => (await world.deliver(String(n))).triage),
    );
    await world.advance(60_000);
    expect(new Set(world.started)).toEqual(new Set(ids.map((id) => `drover-${id}`)));
    expect(world.started).toHaveLength(200);
    expect((await world.runs()).every(({ state }) => state === 'succeeded')).toBe(true);
    expect(await world.leftovers()).toEqual([]);
  });

  it('drops the oldest of those that its queue cannot hold, and says so on each', async () => {
    const project = projectOf({ triage: { scale: 1, maxWorkQueueSize: 2 } });
    const world = await createWorld({ project });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push((await world.deliver(String(n))).triage ?? '');
      await world.advance(10);
    }
    const states = await Promise.all(ids.map(async (id) => (await world.run(id)).state));
    expect(states).toEqual(['running', 'dropped', 'dropped', 'queued', 'queued']);
    const [, dropped = ''] = ids;
    expect((await world.run(dropped)).summary).toBe(
      'triage dropped: more than 2 runs were waiting, and this was the oldest',
    );
  });

  it('never keeps an agent from a slot of the project because another has a longer queue', async () => {
    const project = { ...projectOf({ busy: { maxWorkQueueSize: 100 }, rare: {} }), scale: 1 };
    const world = await createWorld({ project });
    const only = (agent: string) => ({ labels: [agent] });
    await world.publish({
      ...project,
      agents: Object.fromEntries(
        Object.entries(project.agents).map(([name, agent]) => [
          name,
          { ...agent, webhooks: [onGithub({ labels: [name] })] },
        ]),
      ),
    });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push((await world.deliver(`busy ${n}`, only('busy'))).busy ?? '');
      await world.advance(10);
    }
    ids.push((await world.deliver('rare', only('rare'))).rare ?? '');
    await world.advance(10);
    ids.push((await world.deliver('busy last', only('busy'))).busy ?? '');
    await world.settle();
    for (const id of ids) await world.exit(id, { exitCode: 0 });
    expect(world.started).toEqual(ids.map((id) => `drover-${id}`));
  });

  it('shares the slots of a project that limits them', async () => {
    const project = { ...projectOf({ one: { scale: 5 }, two: { scale: 5 } }), scale: 3 };
    const world = await createWorld({ project });
    for (let n = 0; n < 4; n += 1) await world.deliver(String(n));
    await world.settle();
    const running = (await world.runs()).filter(({ state }) => state === 'running');
    expect(running).toHaveLength(3);
  });
});
