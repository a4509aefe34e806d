import { describe, expect, it } from 'vitest';
import { createCallers, runsById } from '../../test/calls.ts';
import { type Fault, faulty, pointsOf } from '../../test/faulty.ts';
import { projectOf } from '../../test/project.ts';
import { killRun } from '../runs/kill.ts';
import { signal } from '../runs/signal.ts';
import { isOver, type RunState } from '../runs/states.ts';

const quiet = { webhooks: [], timeout: 3_600 };
const retry = { attempts: 1, exitCodes: [7], backoff: 5, maxBackoff: 5 };
const project = projectOf({
  lead: quiet,
  good: { ...quiet, scale: 2 },
  bad: { ...quiet, retry },
  slow: { ...quiet, maxWorkQueueSize: 1 },
});

const insist = <T>(work: () => Promise<T>): Promise<T> => work().catch(work);

/** One agent calls others, which answer, fail, are retried, dropped, killed and left behind; whoever gets no answer asks again. */
async function live(fault: Fault | undefined) {
  const { calls, wrap, arm } = faulty(fault);
  const callers = await createCallers(project, { wrap });
  const { world, start, request, read, secretOf } = callers;
  const lead = await start('lead');
  arm();
  const ids: { [name: string]: { callId: string; runId: string } } = {};
  /** What was lost is found by a sweep. */
  const until = async (runId: string, ...states: RunState[]): Promise<void> => {
    for (let minute = 0; minute < 5; minute += 1) {
      if (states.includes((await insist(() => world.run(runId))).state)) return;
      await world.sweep().catch(() => {});
      await world.advance(60_000);
    }
  };
  const make = async (name: string, target: string): Promise<void> => {
    const called = await insist(() => request(lead, target, { key: name }));
    if (called.outcome !== 'accepted') throw new Error(JSON.stringify(called));
    ids[name] = called;
    await world.advance(1_000);
  };
  const of = (name: string) => ids[name] ?? { callId: '', runId: '' };
  const rest = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await world.sweep().catch(() => {});
      await world.advance(60_000);
    }
  };

  await make('good', 'good');
  await until(of('good').runId, 'running');
  await insist(() =>
    signal(world.ports, secretOf(of('good').runId), { kind: 'return', value: 'seven' }),
  );
  await world.exit(of('good').runId, { exitCode: 0 });
  await make('bad', 'bad');
  await until(of('bad').runId, 'running');
  await world.exit(of('bad').runId, { exitCode: 7 });
  await until(of('bad').runId, 'failed');
  const { next } = await insist(() => world.run(of('bad').runId));
  await until(next ?? '', 'running');
  await world.exit(next ?? '', { exitCode: 7 });
  await make('busy', 'slow');
  await until(of('busy').runId, 'running');
  for (const name of ['dropped', 'killed']) await make(name, 'slow');
  await until(of('dropped').runId, 'dropped');
  await insist(() =>
    killRun(world.ports, world.releases, of('killed').runId, { who: 'octavia', why: '' }),
  );
  await rest(3);
  const seen = Object.fromEntries(
    await Promise.all(
      Object.keys(ids).map(async (name) => {
        const found = await insist(() => read(lead, of(name).callId));
        return [name, found.outcome === 'found' ? (found.error ?? found.state) : found.outcome];
      }),
    ),
  );
  await world.exit(lead, { exitCode: 0 });
  await rest(4);
  return { ...callers, lead, seen, ids, calls: [...calls] };
}

async function expectAllAnswered({
  world,
  records,
  lead,
  seen,
  ids,
}: Awaited<ReturnType<typeof live>>) {
  expect(seen).toEqual({
    good: 'completed',
    bad: 'agent run failed',
    busy: 'running',
    dropped: 'agent run was dropped',
    killed: 'agent run was cancelled',
  });
  const after = await insist(() => records());
  expect(
    Object.fromEntries(after.map(({ id, data }) => [id, data.error ?? data.returnValue])),
  ).toEqual({
    [ids.good?.callId ?? '']: 'seven',
    [ids.bad?.callId ?? '']: 'agent run failed',
    [ids.busy?.callId ?? '']: 'caller container exited',
    [ids.dropped?.callId ?? '']: 'agent run was dropped',
    [ids.killed?.callId ?? '']: 'agent run was cancelled',
  });
  const runs = await insist(() => runsById(world));
  expect(runs.size).toBe(7);
  const called = Object.values(ids).map(({ runId }) => runId);
  expect(runs.get(lead)?.calls).toEqual(called);
  for (const [id, run] of runs) {
    expect(isOver(run.state)).toBe(id !== ids.busy?.runId);
    if (isOver(run.state))
      expect(run).toMatchObject({ dueAt: null, cleanedAt: expect.any(String) });
  }
  expect(new Set(world.started).size).toBe(world.started.length);
}

const undisturbed = await live(undefined);

describe('an undisturbed life with calls', () => {
  it('answers each call once, for what became of its run', async () => {
    await expectAllAnswered(undisturbed);
    expect(undisturbed.calls.length).toBeGreaterThan(100);
  });
});

describe.each(['crash', 'unavailable'] as const)('a fault at any call of a port: %s', (how) => {
  it.each(['before', 'after'] as const)(
    'leaves each call one run and one answer, %s the call took effect',
    async (when) => {
      for (const at of pointsOf(undisturbed.calls.length, { how, when })) {
        const life = await live({ at, when, how });
        try {
          await expectAllAnswered(life);
        } catch (error) {
          const where = `${how} ${when} call ${at}, ${undisturbed.calls[at - 1]}`;
          throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
    120_000,
  );
});
