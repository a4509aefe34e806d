import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { AuditEntry } from '../audit/audit.ts';
import { CloudError } from '../ports/index.ts';
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from './pause.ts';
import { readAgentState, readCurrent } from './state.ts';

const me = { who: 'me', why: 'it barks' };
const you = { who: 'you', why: 'me too' };

async function audited(world: World): Promise<string[]> {
  const found = await world.ports.documents.query<AuditEntry>({ collection: 'audit', limit: 100 });
  return found.map(({ data }) => `${data.action} of ${data.target} by ${data.who}: ${data.why}`);
}

async function statesOf(world: World): Promise<{ [state: string]: number }> {
  const counted: { [state: string]: number } = {};
  for (const { state } of await world.runs()) counted[state] = (counted[state] ?? 0) + 1;
  return counted;
}

async function deliverMany(world: World, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 1) {
    await world.deliver(String(n));
    await world.advance(10);
  }
}

const pauses = [
  { what: 'a paused agent', pause: pauseTriage, resume: resumeTriage },
  { what: 'a paused project', pause: pauseProject, resume: resumeProject },
];

function pauseTriage(ports: World['ports'], actor: typeof me): Promise<boolean> {
  return pauseAgent(ports, 'triage', actor);
}

function resumeTriage(ports: World['ports'], actor: typeof me): Promise<boolean> {
  return resumeAgent(ports, 'triage', actor);
}

describe.each(pauses)('$what', ({ pause, resume }) => {
  it('starts nothing, and lets what runs go on', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 2 } }) });
    const first = (await world.deliver('1')).triage ?? '';
    await world.settle();
    await pause(world.ports, me);
    await deliverMany(world, 2, 5);
    expect(await statesOf(world)).toEqual({ running: 1, queued: 3 });
    await world.exit(first, { exitCode: 0 });
    await world.advance(600_000);
    await world.sweep();
    expect(await statesOf(world)).toEqual({ succeeded: 1, queued: 3 });
  });

  it('goes on with a launch under way', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    world.prompt = false;
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await pause(world.ports, me);
    await world.advance(10_000);
    expect((await world.run(triage)).state).toBe('running');
  });

  it('drops nothing, neither while it holds nor when it ends', async () => {
    const project = projectOf({ triage: { maxWorkQueueSize: 2 } });
    const world = await createWorld({ project, container: () => ({ exitCode: 0 }) });
    await pause(world.ports, me);
    await deliverMany(world, 0, 30);
    expect(await statesOf(world)).toEqual({ queued: 30 });
    await resume(world.ports, me);
    await world.advance(60_000);
    expect(await statesOf(world)).toEqual({ succeeded: 30 });
  });

  it('counts only what came after its end against the size of the queue', async () => {
    const project = projectOf({ triage: { maxWorkQueueSize: 2, timeout: 3_600 } });
    const world = await createWorld({ project });
    await pause(world.ports, me);
    await deliverMany(world, 0, 5);
    await resume(world.ports, me);
    await world.advance(10);
    await deliverMany(world, 5, 10);
    expect(await statesOf(world)).toEqual({ running: 1, queued: 4 + 2, dropped: 3 });
    const runs = (await world.runs()).filter(({ state }) => state === 'dropped');
    const dropped = runs.map(({ context }) => context?.receiptId).sort();
    expect(dropped).toEqual(['github:5', 'github:6', 'github:7']);
  });

  it('is resumed to go on in order of admission', async () => {
    const project = projectOf({ triage: {} });
    const world = await createWorld({ project, container: () => ({ exitCode: 0 }) });
    await pause(world.ports, me);
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      ids.push((await world.deliver(String(n))).triage ?? '');
      await world.advance(10);
    }
    await resume(world.ports, me);
    await world.advance(60_000);
    expect(world.started).toEqual(ids.map((id) => `drover-${id}`));
  });

  it('goes on within a sweep when the wake-up of its end is lost', async () => {
    const project = projectOf({ triage: {} });
    const world = await createWorld({ project, container: () => ({ exitCode: 0 }) });
    await pause(world.ports, me);
    await deliverMany(world, 0, 3);
    await world.advance(60_000);
    await world.sweep();
    world.tasks.misbehave({ forget: 1 });
    await resume(world.ports, me);
    await world.settle();
    expect(await statesOf(world)).toEqual({ queued: 3 });
    world.tasks.misbehave({});
    await world.sweep();
    expect(await statesOf(world)).toEqual({ succeeded: 3 });
  });

  it('is ended, and its agent woken, also where the answer to the commit is lost', async () => {
    let isLost = false;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          commit: async (writes) => {
            const versions = await ports.documents.commit(writes);
            if (!isLost) return versions;
            isLost = false;
            throw new CloudError('unavailable', 'the answer is lost');
          },
        },
      }),
    });
    await pause(world.ports, me);
    await deliverMany(world, 0, 1);
    isLost = true;
    expect(await resume(world.ports, you)).toBe(true);
    await world.settle();
    expect(await statesOf(world)).toEqual({ running: 1 });
  });

  it('says who, when and why, and keeps the first reason', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    expect(await pause(world.ports, me)).toBe(true);
    expect(await pause(world.ports, you)).toBe(false);
    const paused =
      (await readAgentState(world.ports, 'triage')).data.paused ??
      (await readCurrent(world.ports))?.data.paused;
    expect(paused).toEqual({ at: '2026-03-01T12:00:00.000Z', by: 'me', why: 'it barks' });
    expect(await resume(world.ports, you)).toBe(true);
    expect(await resume(world.ports, me)).toBe(false);
    expect(await audited(world)).toHaveLength(2);
  });

  it('is written as the change of one person, though many ask at once', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const others = Array.from({ length: 4 }, (_, n) => ({ who: `p${n}`, why: '' }));
    const changed = await Promise.all(others.map((actor) => pause(world.ports, actor)));
    expect(changed.filter(Boolean)).toHaveLength(1);
    expect(await audited(world)).toHaveLength(1);
  });
});

describe('a pause', () => {
  it('leaves an audit entry in its commit, and so does its end', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await pauseAgent(world.ports, 'triage', me);
    await pauseProject(world.ports, me);
    await resumeAgent(world.ports, 'triage', you);
    await resumeProject(world.ports, you);
    expect((await audited(world)).sort()).toEqual([
      'agent.pause of agents/triage by me: it barks',
      'agent.resume of agents/triage by you: me too',
      'project.pause of project/current by me: it barks',
      'project.resume of project/current by you: me too',
    ]);
  });

  it('changes the run that its end makes due, also where another did so in the same millisecond', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await pauseAgent(world.ports, 'triage', me);
    await pauseProject(world.ports, me);
    const { triage = '' } = await world.deliver('1');
    const versions = new Set<string>();
    for (const resume of [resumeTriage, resumeProject]) {
      await resume(world.ports, you);
      versions.add((await world.ports.documents.get(`runs/${triage}`))?.version ?? '');
    }
    // A sweep that saw the run and the pause in between must not put it off.
    expect(versions.size).toBe(2);
  });

  it('of the project outlives the resumption of an agent, and the other way round', async () => {
    const world = await createWorld({ project: projectOf({ one: {}, two: {} }) });
    await pauseProject(world.ports, me);
    await pauseAgent(world.ports, 'one', me);
    await world.deliver('1');
    await resumeProject(world.ports, me);
    await world.settle();
    expect(world.started.map((job) => job.replace(/-[^-]*$/, ''))).toEqual(['drover-two']);
    await resumeAgent(world.ports, 'one', me);
    await world.settle();
    expect(world.started).toHaveLength(2);
  });

  it('of a project holds an agent that the release no longer has, and ends for it too', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await pauseProject(world.ports, me);
    const { triage = '' } = await world.deliver('1');
    await world.publish(projectOf({ other: {} }));
    await resumeProject(world.ports, me);
    await world.settle();
    expect((await world.run(triage)).state).toBe('running');
  });
});
