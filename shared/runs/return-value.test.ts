import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import { largestReturnValue, readReturnValue, returned } from './return-value.ts';
import { signal } from './signal.ts';

async function running() {
  const { world, start, secretOf } = await createCallers(projectOf({ a: {} }));
  const run = await start('a');
  const say = (value: string): Promise<boolean> =>
    signal(world.ports, secretOf(run), { kind: 'return', value });
  const read = async () => readReturnValue(world.ports, run, await world.run(run));
  const kept = () => world.ports.documents.get(`runs/${run}/value/0`);
  return { world, run, say, read, kept };
}

describe('a return value', () => {
  it('stands on the run as it is, where there is room for it', async () => {
    const { world, run, say, read, kept } = await running();
    expect(await read()).toBeNull();
    for (const value of ['', 'seven', 'é'.repeat(4_000)]) {
      await say(value);
      expect(await read()).toBe(value);
      expect((await world.run(run)).returnValue).toBe(value);
    }
    expect(await kept()).toBeUndefined();
  });

  it('stands below it where there is none, and its beginning on it', async () => {
    const { world, run, say, read } = await running();
    const value = 'é'.repeat(largestReturnValue / 2);
    await say(value);
    expect(await read()).toBe(value);
    expect(await world.run(run)).toMatchObject({
      returnValue: 'é'.repeat(4_000),
      returnBytes: largestReturnValue,
    });
  });

  it('is the last one that was said, and none of it stays that a shorter one replaced', async () => {
    const { say, read, kept } = await running();
    for (const value of ['a'.repeat(20_000), 'b'.repeat(9_000), 'c']) {
      await say(value);
      expect(await read()).toBe(value);
    }
    expect(await kept()).toBeUndefined();
  });

  it.each([
    ['x', 'é'],
    ['', '€'],
    ['', '😀'],
    ['xx', '😀'],
  ])('begins on its run with whole characters: %s%s', (before, character) => {
    const value = before + character.repeat(5_000);
    const { returnValue, returnBytes } = returned(value);
    expect(returnBytes).toBe(Buffer.byteLength(value));
    expect(value.startsWith(returnValue ?? 'nothing')).toBe(true);
    expect(Buffer.byteLength(returnValue ?? '')).toBeGreaterThan(7_996);
    expect(Buffer.byteLength(returnValue ?? '')).toBeLessThanOrEqual(8_000);
  });
});
