import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import { readAgentState } from '../agents/state.ts';
import { createUsageGatherer, readUsage, type Usage } from './usage.ts';

const at = (second: number): string =>
  `2026-03-01T12:00:${String(second).padStart(2, '0')}.000000000Z`;
const line = {
  inputTokens: 100,
  outputTokens: 20,
  cacheReadTokens: 3,
  cacheWriteTokens: 4,
  totalTokens: 127,
  cost: 0.25,
  turnCount: 2,
};
const { turnCount: turns, ...numbers } = line;
const usage: Usage = { ...numbers, turns, at: at(1) };

describe('a line with the usage of a run', () => {
  it('has the numbers of the contract', () => {
    expect(readUsage(line, at(1))).toEqual(usage);
  });

  it('means 0 by what it does not mention, and the sum by no total', () => {
    expect(readUsage({ inputTokens: 5, outputTokens: 6 }, at(1))).toEqual({
      inputTokens: 5,
      outputTokens: 6,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      totalTokens: 11,
      cost: 0,
      turns: 0,
      at: at(1),
    });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e13, '5', null, true, [], {}])(
    'is not believed when one of its numbers is %j',
    (value) => {
      for (const field of Object.keys(line)) {
        expect(readUsage({ ...line, [field]: value }, at(1))).toBeUndefined();
      }
    },
  );

  it('is not believed when it names a million dollars and more', () => {
    expect(readUsage({ ...line, cost: 1_000_001 }, at(1))).toBeUndefined();
  });
});

async function running() {
  let writes = 0;
  const { world, start } = await createCallers(projectOf({ a: { scale: 2 } }), {
    wrap: (ports) => ({
      ...ports,
      documents: {
        ...ports.documents,
        commit: async (all) => {
          writes += all.length;
          return ports.documents.commit(all);
        },
      },
    }),
  });
  const [run, other] = [await start('a'), await start('a')];
  const note = createUsageGatherer(world.ports, world.releases);
  return { world, run, other, note, writes: () => writes };
}

describe('the usage of a run', () => {
  it('stands on its document while it runs, and nowhere else', async () => {
    const { world, run, other, note } = await running();
    const before = await world.run(run);
    expect(before.usage).toBeNull();
    await note(run, usage);
    expect(await world.run(run)).toEqual({ ...before, usage });
    expect((await world.run(other)).usage).toBeNull();
  });

  it('is what its latest line says, in whatever order they come, however often', async () => {
    const { world, run, note } = await running();
    const [first, second] = [usage, { ...usage, inputTokens: 7, at: at(2) }];
    for (const each of [second, first, second]) await note(run, each);
    expect((await world.run(run)).usage).toEqual(second);
  });

  it('costs one write, however many lines of it come at once', async () => {
    const { world, run, note, writes } = await running();
    const before = writes();
    const lines = Array.from({ length: 10_000 }, (_, n) => ({
      ...usage,
      inputTokens: n,
      at: at(n % 60),
    }));
    await Promise.all(lines.map((each) => note(run, each)));
    expect(writes() - before).toBe(1);
    expect((await world.run(run)).usage?.at).toBe(at(59));
  });

  it('takes in what was on its way when the run ended, and changes nothing else then', async () => {
    const { world, run, note } = await running();
    await note(run, usage);
    await world.exit(run, { exitCode: 0 });
    const over = await world.run(run);
    const last = { ...usage, inputTokens: 900, at: at(9) };
    await note(run, last);
    expect(await world.run(run)).toEqual({ ...over, usage: last });
  });

  it('is what its models have cost at its end, and what they are told to have cost after it', async () => {
    const { world, run, note, writes } = await running();
    await note(run, usage);
    await world.exit(run, { exitCode: 0 });
    const { cost } = await world.run(run);
    expect(cost).toMatchObject({ models: 0.25, day: '2026-03-01' });
    const sums = async () => (await readAgentState(world.ports, 'a')).data;
    expect((await sums()).days['2026-03-01']).toMatchObject({ runs: 1, models: 0.25 });

    const before = writes();
    await note(run, { ...usage, cost: 1.25, at: at(2) });
    expect(writes() - before).toBe(2);
    const late = (await world.run(run)).cost;
    expect(late?.models).toBe(1.25);
    expect(late?.total).toBeCloseTo((cost?.total ?? 0) + 1, 8);
    expect((await sums()).days['2026-03-01']).toMatchObject({ runs: 1, models: 1.25 });
    expect((await sums()).spend.dollars).toBe(late?.total);
  });

  it('that comes after the end and costs no more than was known changes no sum', async () => {
    const { world, run, note, writes } = await running();
    await note(run, usage);
    await world.exit(run, { exitCode: 0 });
    const before = writes();
    await note(run, { ...usage, outputTokens: 900, at: at(2) });
    expect(writes() - before).toBe(1);
  });

  it('of a run that is not there is nothing', async () => {
    const { world, note } = await running();
    await note('a-zzzzzzzz', usage);
    expect(await world.ports.documents.get('runs/a-zzzzzzzz')).toBeUndefined();
  });
});
