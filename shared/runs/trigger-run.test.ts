import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent, pauseProject, resumeAgent } from '../agents/pause.ts';
import type { AuditEntry } from '../audit/audit.ts';
import { CloudError } from '../ports/index.ts';
import { largestInput, readInput } from './input.ts';
import type { Run } from './run.ts';
import { type ManualRun, triggerRun } from './trigger-run.ts';

const octavia = { who: 'octavia', why: 'a try' };

function worldOf(): Promise<World> {
  return createWorld({ project: projectOf({ triage: { webhooks: [] }, off: { scale: 0 } }) });
}

async function ask(world: World, request: Partial<ManualRun> = {}) {
  const published = await world.releases.current();
  if (!published) throw new Error('no release');
  const manual = { agent: 'triage', prompt: null, key: null, actor: octavia, ...request };
  return triggerRun(world.ports, settings, published, manual);
}

async function idOf(asked: ReturnType<typeof ask>): Promise<string> {
  const answer = await asked;
  if (!answer.ok) throw new Error(answer.why);
  return answer.runId;
}

describe('a run that a person asks for', () => {
  it('starts, and its document says who asked, why, and for what', async () => {
    const prompts: (string | undefined)[] = [];
    const world = await worldOf();
    world.container = ({ env }) => {
      prompts.push(env.PROMPT);
      return 'runs';
    };
    const runId = await idOf(ask(world, { prompt: 'Mend the gate.' }));
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      state: 'running',
      trigger: { type: 'manual', by: 'octavia' },
      prompt: 'Mend the gate.',
      context: null,
    });
    expect((await world.run(runId)).timeline[0]?.why).toBe('octavia asked for it: a try');
    expect(prompts).toHaveLength(1);
    expect(prompts[0]).toContain('<user-prompt>\nMend the gate.\n</user-prompt>');
  });

  it('leaves an audit entry in the commit that admits it', async () => {
    const world = await worldOf();
    const runId = await idOf(ask(world));
    const entries = await world.ports.documents.query<AuditEntry>({
      collection: 'audit',
      limit: 10,
    });
    expect(
      entries.map(({ data: { who, why, action, target } }) => [who, why, action, target]),
    ).toEqual([['octavia', 'a try', 'run.trigger', `runs/${runId}`]]);
  });

  it('is one run however often the same key asks for it', async () => {
    const world = await worldOf();
    const first = await ask(world, { key: 'k', prompt: 'Mend.' });
    const second = await ask(world, { key: 'k', prompt: 'Mend.' });
    expect(first).toMatchObject({ ok: true, isNew: true });
    expect(second).toEqual({ ...first, isNew: false });
    expect(await world.runs()).toHaveLength(1);
  });

  it('is one run when two ask with the same key at once', async () => {
    const world = await worldOf();
    const asked = await Promise.all([1, 2, 3].map(() => idOf(ask(world, { key: 'k' }))));
    expect(new Set(asked).size).toBe(1);
    expect(await world.runs()).toHaveLength(1);
  });

  it('is refused when its key was used for another prompt', async () => {
    const world = await worldOf();
    await ask(world, { key: 'k', prompt: 'Mend.' });
    expect(await ask(world, { key: 'k', prompt: 'Paint.' })).toMatchObject({
      ok: false,
      code: 'key_reused',
    });
  });

  it('is another run each time when there is no key', async () => {
    const world = await worldOf();
    expect(await idOf(ask(world))).not.toBe(await idOf(ask(world)));
  });

  it('is admitted although its first wake-up is lost', async () => {
    const world = await worldOf();
    world.tasks.misbehave({ forget: 1 });
    const runId = await idOf(ask(world));
    await world.settle();
    expect((await world.run(runId)).state).toBe('queued');
    await world.advance(60_000);
    await world.sweep();
    expect((await world.run(runId)).state).toBe('running');
  });

  it('is admitted once when the answer to its commit was lost', async () => {
    let isDeaf = false;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          commit: async (writes) => {
            const versions = await ports.documents.commit(writes);
            if (!isDeaf) return versions;
            isDeaf = false;
            throw new CloudError('unavailable', 'the answer was lost');
          },
        },
      }),
    });
    isDeaf = true;
    await idOf(ask(world));
    expect(await world.runs()).toHaveLength(1);
  });
});

describe('a request for a run', () => {
  it('waits while its agent is paused, says so, and starts when it is resumed', async () => {
    const world = await worldOf();
    await pauseAgent(world.ports, 'triage', { who: 'otto', why: 'holiday' });
    const asked = await ask(world);
    expect(asked).toMatchObject({
      ok: true,
      held: 'triage is paused since 2026-03-01T12:00:00.000Z by otto: holiday',
    });
    await world.advance(5 * 60_000);
    expect((await world.runs()).map(({ state }) => state)).toEqual(['queued']);
    await resumeAgent(world.ports, 'triage', octavia);
    await world.settle();
    expect((await world.runs()).map(({ state }) => state)).toEqual(['running']);
  });

  it('waits while the project is paused, and says so', async () => {
    const world = await worldOf();
    await pauseProject(world.ports, { who: 'otto', why: '' });
    expect(await ask(world)).toMatchObject({
      ok: true,
      held: 'the project is paused since 2026-03-01T12:00:00.000Z by otto',
    });
  });

  it.each([
    ['names no agent', { agent: 'nobody' }, 'unknown_agent', 'the project has no agent nobody'],
    ['is for a disabled agent', { agent: 'off' }, 'disabled', 'off is disabled: its scale is 0'],
    [
      'is too long',
      { prompt: 'ä'.repeat(largestInput / 2 + 1) },
      'prompt_too_long',
      'a prompt may have 262144 bytes, and this one has 262146: put the rest where the agent can read it',
    ],
  ])('is refused when it %s, and nothing is left of it', async (_, request, code, why) => {
    const world = await worldOf();
    expect(await ask(world, request)).toEqual({ ok: false, code, why });
    expect(await world.runs()).toEqual([]);
  });

  it('may be as long as it says', async () => {
    const world = await worldOf();
    const prompt = '<'.repeat(largestInput);
    const runId = await idOf(ask(world, { prompt }));
    await world.settle();
    expect(await idOf(ask(world, { prompt, key: 'k' }))).toBe(
      await idOf(ask(world, { prompt, key: 'k' })),
    );
    expect(await ask(world, { prompt: `${prompt.slice(0, -1)}x`, key: 'k' })).toMatchObject({
      ok: false,
      code: 'key_reused',
    });
    const run = await world.ports.documents.get<Run>(`runs/${runId}`);
    expect(run?.data).toMatchObject({ state: 'running', promptBytes: largestInput });
    expect(run?.data.prompt).toHaveLength(8_000);
    expect(run && (await readInput(world.ports, run))).toBe(prompt);
  });

  it('without a word is one without a prompt', async () => {
    const world = await worldOf();
    const runId = await idOf(ask(world, { prompt: ' \n' }));
    expect((await world.run(runId)).prompt).toBeNull();
  });
});
