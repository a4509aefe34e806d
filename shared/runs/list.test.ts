import { describe, expect, it } from 'vitest';
import { onGithub, projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import type { Place } from '../newest.ts';
import { countRuns, listRuns, type RunFilter } from './list.ts';

/** Two agents with three deliveries each, a second apart; the first agent's first run is over. */
async function world(): Promise<World> {
  const world = await createWorld({
    project: projectOf({ one: { ...onGithub }, two: { ...onGithub } }),
  });
  for (const id of ['d1', 'd2', 'd3']) {
    await world.deliver(id);
    await world.advance(1_000);
  }
  return world;
}

async function found({ ports }: World, filter: RunFilter, limit = 50): Promise<string[][]> {
  const all: string[][] = [];
  for (let place: Place | null = null; ; ) {
    const { documents, next } = await listRuns(ports, filter, limit, place);
    all.push(documents.map(({ data }) => `${data.agent} ${data.state}`));
    if (!next) return all;
    place = next;
  }
}

describe('the list of runs', () => {
  it('has all of them, the newest first', async () => {
    const all = await found(await world(), {}, 4);
    expect(all.map(({ length }) => length)).toEqual([4, 2]);
  });

  it('selects by agent, by states and by both', async () => {
    const given = await world();
    expect(await found(given, { agent: 'one' })).toEqual([
      ['one queued', 'one queued', 'one running'],
    ]);
    expect((await found(given, { states: ['running'] })).flat().sort()).toEqual([
      'one running',
      'two running',
    ]);
    expect(await found(given, { agent: 'two', states: ['queued', 'ending'] })).toEqual([
      ['two queued', 'two queued'],
    ]);
  });

  it('selects by reason, and by time of admission', async () => {
    const given = await world();
    expect(await found(given, { reason: 'completed' })).toEqual([[]]);
    const since = Date.parse('2026-03-01T12:00:02Z');
    expect((await found(given, { since })).flat()).toHaveLength(2);
    expect(await found(given, { agent: 'one', states: ['queued'], since })).toEqual([
      ['one queued'],
    ]);
  });

  it('looks for what Firestore cannot select, page by page', async () => {
    const given = await world();
    const of = { delivery: 'github:d2' };
    expect(await found(given, of)).toEqual([['two queued', 'one queued']]);
    expect(await found(given, of, 1)).toEqual([['two queued'], ['one queued']]);
    expect(await found(given, { trigger: 'manual' })).toEqual([[]]);
    expect((await found(given, { trigger: 'webhook' }, 4)).flat()).toHaveLength(6);
  });

  it('counts without reading them', async () => {
    const { ports } = await world();
    expect(await countRuns(ports, { agent: 'one', states: ['queued'] }, 100)).toBe(2);
    expect(await countRuns(ports, {}, 100)).toBe(6);
  });
});
