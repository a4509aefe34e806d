import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Callers, createCallers, runsById } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import type { Run } from '../runs/run.ts';
import { isOver } from '../runs/states.ts';
import { originOf } from '../runs/trigger.ts';

const agents = ['a', 'b', 'c', 'd'];

/** One thing that happens: some run that is there calls, ends, is looked at, or time passes. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('call' as const),
      by: fc.nat(30),
      target: fc.constantFrom(...agents),
      key: fc.constantFrom(null, 'k', 'l'),
      repeat: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      by: fc.nat(30),
      exitCode: fc.constantFrom(0, 1, 42),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.nat(90) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const config = fc.record({
  depth: fc.integer({ min: 0, max: 4 }),
  scale: fc.integer({ min: 1, max: 3 }),
  queue: fc.integer({ min: 1, max: 3 }),
  retries: fc.boolean(),
});

type Answers = Map<string, string>;

async function play(
  { world, start, request, read, records }: Callers,
  steps: Step[],
): Promise<Answers> {
  await start('a');
  await start('b');
  const answers: Answers = new Map();
  const look = async (): Promise<void> => {
    for (const { id, data } of await records()) {
      const found = await read(data.caller, id);
      if (found.outcome !== 'found' || found.state === 'pending' || found.state === 'running')
        continue;
      const said = `${found.state}: ${found.error}`;
      // What a caller was told once is so for ever.
      expect(answers.get(id) ?? said).toBe(said);
      answers.set(id, said);
    }
  };
  for (const one of steps) {
    const ids = [...(await runsById(world)).keys()].sort();
    if (one.kind === 'call') {
      const by = ids[one.by % ids.length] ?? '';
      const ask = () => request(by, one.target, { key: one.key });
      const asked = one.repeat ? await Promise.all([ask(), ask()]) : [await ask()];
      if (one.key !== null) expect(new Set(asked.map((said) => JSON.stringify(said))).size).toBe(1);
      await world.settle();
    } else if (one.kind === 'exit') {
      await world.exit(ids[one.by % ids.length] ?? '', { exitCode: one.exitCode });
    } else {
      await world.advance(one.seconds * 1_000);
      await world.sweep();
    }
    await look();
  }
  return answers;
}

function expectTree(runs: Map<string, Run>, depth: number): void {
  for (const [id, run] of runs) {
    const origin = originOf(run.trigger);
    if (origin.type !== 'call') {
      expect(run.calledBy).toBeNull();
      continue;
    }
    const caller = runs.get(origin.caller);
    expect(run.calledBy).toBe(origin.caller);
    const above = caller && originOf(caller.trigger);
    const chain = above?.type === 'call' ? above.chain : [];
    expect(origin.chain).toEqual([...chain, caller?.agent]);
    expect(origin.depth).toBe(origin.chain.length);
    expect(origin.depth).toBeLessThanOrEqual(depth);
    expect(new Set([...origin.chain, run.agent]).size).toBe(origin.depth + 1);
    if (run.trigger.type === 'call') expect(caller?.calls).toContain(id);
  }
}

describe('any tree of calls', () => {
  it('has one run and at most one answer a call, no cycle, and no more depth than allowed', async () => {
    const history = fc.array(step, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(config, history, async ({ depth, scale, queue, retries }, steps) => {
        const retry = { attempts: 1, exitCodes: null, backoff: 5, maxBackoff: 5 };
        const agent = {
          webhooks: [],
          timeout: 600,
          scale,
          maxWorkQueueSize: queue,
          retry: retries ? retry : null,
        };
        const named = Object.fromEntries(agents.map((name) => [name, agent]));
        const callers = await createCallers({ ...projectOf(named), maxCallDepth: depth });
        const { world, records } = callers;
        await play(callers, steps);
        const before = await runsById(world);
        expectTree(before, depth);
        for (const { id, data } of await records()) {
          const own = [...before.values()].filter(
            ({ trigger }) => trigger.type === 'call' && trigger.call === id,
          );
          expect(own).toHaveLength(1);
          expect(data.depth).toBeLessThanOrEqual(depth);
          // An open call has a live caller and a live run: whoever ends it answers in the same commit.
          if (data.state !== 'pending') continue;
          expect(isOver(before.get(data.caller)?.state ?? 'lost')).toBe(false);
          expect(isOver(before.get(data.run ?? '')?.state ?? 'lost')).toBe(false);
        }
        for (let minute = 0; minute < 60; minute += 1) {
          await world.advance(60_000);
          await world.sweep();
        }
        const runs = await runsById(world);
        expect([...runs.values()].filter(({ state }) => !isOver(state))).toEqual([]);
        expect((await records()).filter(({ data }) => data.state === 'pending')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
