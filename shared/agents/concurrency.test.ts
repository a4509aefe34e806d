import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Concurrency } from '../projects/project.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { concurrencyKeyOf } from './concurrency.ts';
import { readAgentState } from './state.ts';
import { admit } from './test-runs.ts';

const context: WebhookContext = {
  source: 'github',
  event: 'issues',
  repo: 'acme/pasture',
  number: 7,
  labels: ['a', 'b'],
  sender: 'octavia',
  timestamp: '2026-03-01T12:00:00Z',
};

describe('a concurrency key', () => {
  const keyOf = (key: string, event: WebhookContext | null = context) =>
    concurrencyKeyOf({ concurrency: { key, busy: 'queue' } }, event);

  it('is its template with the fields of the event', () => {
    expect(keyOf('{repo}#{number}')).toBe('acme/pasture#7');
    expect(keyOf('{labels}')).toBe('a,b');
  });

  it('is none where the event lacks a field, has an empty one, or there is no event', () => {
    expect(keyOf('{repo}#{branch}')).toBeNull();
    expect(keyOf('{repo}', { ...context, repo: '' })).toBeNull();
    expect(keyOf('{repo}', null)).toBeNull();
    expect(keyOf('{constructor}')).toBeNull();
    expect(
      keyOf('{branch}', { ...context, branch: undefined } as unknown as WebhookContext),
    ).toBeNull();
    expect(keyOf('')).toBeNull();
  });

  it('is one for all runs where the template names no field', () => {
    expect(keyOf('deployment', null)).toBe('deployment');
  });

  it('is none for an agent without a template', () => {
    expect(concurrencyKeyOf({ concurrency: null }, context)).toBeNull();
  });

  it('is bounded, and two long ones are still two', () => {
    const long = (end: string) =>
      keyOf('{branch}', { ...context, branch: 'x'.repeat(5_000) + end });
    expect(long('a')).toMatch(/^x{83}-[0-9a-f]{16}$/);
    expect(long('a')).toBe(long('a'));
    expect(long('a')).not.toBe(long('b'));
    const full = 'x'.repeat(100);
    expect(keyOf('{branch}', { ...context, branch: full })).toBe(full);
  });
});

async function worldOf(busy: Concurrency['busy']): Promise<World> {
  const concurrency = { key: '{repo}', busy };
  return createWorld({ project: projectOf({ triage: { scale: 5, timeout: 3_600, concurrency } }) });
}

async function deliver(world: World, id: string, repo: string): Promise<string> {
  const { triage = '' } = await world.deliver(id, { repo });
  await world.advance(10);
  return triage;
}

const stateOf = async (world: World, id: string) => (await world.run(id)).state;

describe('an agent whose runs wait for their key', () => {
  it('runs one of each key at a time, in order, and keys beside each other', async () => {
    const world = await worldOf('queue');
    const first = await deliver(world, '1', 'one');
    const second = await deliver(world, '2', 'one');
    const other = await deliver(world, '3', 'two');
    expect(await stateOf(world, second)).toBe('queued');
    expect(await stateOf(world, other)).toBe('running');
    expect((await readAgentState(world.ports, 'triage')).data.keys).toEqual({
      [first]: 'one',
      [other]: 'two',
    });
    await world.exit(first, { exitCode: 0 });
    expect(await stateOf(world, second)).toBe('running');
    expect((await readAgentState(world.ports, 'triage')).data.keys).toEqual({
      [other]: 'two',
      [second]: 'one',
    });
  });

  it('starts two of one key never, though many look at once', async () => {
    const world = await worldOf('queue');
    await Promise.all([1, 2, 3, 4].map((n) => world.deliver(String(n), { repo: 'one' })));
    await world.settle();
    expect(world.started).toHaveLength(1);
  });

  it('ignores keys once the release has no rule for them', async () => {
    const world = await worldOf('queue');
    await deliver(world, '1', 'one');
    const second = await deliver(world, '2', 'one');
    await world.publish(projectOf({ triage: { scale: 5 } }));
    await deliver(world, '3', 'two');
    expect(await stateOf(world, second)).toBe('running');
  });
});

describe('an agent whose runs are skipped when their key is busy', () => {
  it('drops a run while another of its key is in flight, and says why', async () => {
    const world = await worldOf('skip');
    await deliver(world, '1', 'one');
    const second = await deliver(world, '2', 'one');
    expect(await world.run(second)).toMatchObject({
      state: 'dropped',
      reason: 'key_busy',
      dueAt: null,
      summary: 'triage dropped: another run of one was there before it',
    });
    expect((await readAgentState(world.ports, 'triage')).data.dropped).toBe(0);
  });
});

describe('an agent whose runs take the place of those before them', () => {
  it('stops the one in flight, and starts the newest when that is over', async () => {
    const world = await worldOf('cancel');
    const first = await deliver(world, '1', 'one');
    const second = await deliver(world, '2', 'one');
    await world.advance(60_000);
    expect(await world.run(first)).toMatchObject({ state: 'killed', reason: 'superseded' });
    expect(await stateOf(world, second)).toBe('running');
    expect(world.started).toHaveLength(2);
  });

  it('lets only the newest of those that wait stay', async () => {
    const world = await worldOf('cancel');
    await admit(world.ports, 'triage', 1, { concurrencyKey: 'one' });
    await world.advance(10);
    await admit(world.ports, 'triage', 2, { concurrencyKey: 'one' });
    await world.advance(10);
    const newest = await deliver(world, '3', 'one');
    expect(await world.run('triage-1')).toMatchObject({
      state: 'cancelled',
      reason: 'superseded',
      dueAt: null,
      stop: { reason: 'superseded', by: 'drover' },
    });
    expect(await stateOf(world, 'triage-2')).toBe('cancelled');
    expect(await stateOf(world, newest)).toBe('running');
    expect(world.started).toHaveLength(1);
  });

  it('ends with the newest running, whatever comes while one is being launched', async () => {
    const world = await worldOf('cancel');
    world.prompt = false;
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await deliver(world, String(n), 'one'));
    await world.advance(120_000);
    const states = await Promise.all(ids.map((id) => stateOf(world, id)));
    expect(states.at(-1)).toBe('running');
    expect(states.slice(0, -1).every((state) => state === 'killed' || state === 'cancelled')).toBe(
      true,
    );
    expect(world.running.size).toBeLessThanOrEqual(1);
  });
});
