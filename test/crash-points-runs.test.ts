import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../shared/audit/audit.ts';
import { killRun } from '../shared/runs/kill.ts';
import type { Run } from '../shared/runs/run.ts';
import { ask, octavia } from './ask.ts';
import { type Fault, faulty, pointsOf } from './faulty.ts';
import { projectOf } from './project.ts';
import { createWorld, type World } from './world.ts';

const project = projectOf({
  again: { webhooks: [], maxReruns: 2 },
  flaky: {
    webhooks: [],
    retry: { attempts: 1, exitCodes: null, backoff: 10, maxBackoff: 10 },
  },
  long: { webhooks: [], timeout: 3_600 },
});

const insist = <T>(work: () => Promise<T>): Promise<T> => work().catch(work);

/** People ask for runs that are rerun, retried and killed, and ask again where they got no answer. */
async function live(fault: Fault | undefined): Promise<{ world: World; calls: string[] }> {
  const { calls, wrap, arm } = faulty(fault);
  const world = await createWorld({
    project,
    container: ({ env }) => {
      const { name } = JSON.parse(env.AGENT_CONFIG ?? '{}') as { name: string };
      return name === 'long' ? 'runs' : { exitCode: name === 'again' ? 42 : 1 };
    },
    wrap,
  });
  arm();
  await insist(() => ask(world, 'again', { key: 'a', prompt: 'Mend.' }));
  await insist(() => ask(world, 'flaky', { key: 'b' }));
  const running = await insist(() => ask(world, 'long', { key: 'c' }));
  await world.advance(1_000);
  const queued = await insist(() => ask(world, 'long', { key: 'd' }));
  for (const id of [queued, running]) {
    await insist(() => killRun(world.ports, world.releases, id, octavia));
  }
  for (let minute = 0; minute < 6; minute += 1) {
    await world.sweep().catch(() => {});
    await world.advance(60_000);
  }
  // What is judged below goes through the same ports.
  return { world, calls: [...calls] };
}

async function expectAllFollowed({ world }: { world: World }): Promise<void> {
  const { documents } = world.ports;
  const runs = await insist(() => documents.query<Run>({ collection: 'runs', limit: 100 }));
  const ended = runs.map(({ data: { agent, state, reason } }) => `${agent} ${state}: ${reason}`);
  expect(ended.filter((end) => !end.startsWith('long')).sort()).toEqual([
    'again succeeded: rerun_requested',
    'again succeeded: rerun_requested',
    'again succeeded: rerun_requested',
    'flaky failed: exit_code',
    'flaky failed: exit_code',
  ]);
  expect(runs.filter(({ data }) => data.reason === 'killed')).toHaveLength(2);
  for (const { id, data } of runs) {
    expect(data.dueAt).toBeNull();
    expect(data.cleanedAt).not.toBeNull();
    const following = runs.filter(
      ({ data: { trigger } }) => trigger.type === 'rerun' && trigger.of === id,
    );
    expect(following.map((run) => run.id)).toEqual(data.next === null ? [] : [data.next]);
  }
  expect(new Set(world.started).size).toBe(world.started.length);
  expect(world.running.size).toBe(0);
  expect(await world.leftovers()).toEqual([]);
  for (const agent of Object.keys(project.agents)) expect(await world.slots(agent)).toEqual([]);
  const audit = await insist(() =>
    documents.query<AuditEntry>({ collection: 'audit', limit: 100 }),
  );
  const actions = audit.map(({ data: { action, target } }) => `${action} ${target}`);
  expect(new Set(actions).size).toBe(actions.length);
  expect(actions).toHaveLength(6);
}

const undisturbed = await live(undefined);

describe('an undisturbed life with reruns, retries and kills', () => {
  it('makes each run that follows once, and ends every run for its reason', async () => {
    await expectAllFollowed(undisturbed);
    expect(undisturbed.world.started).toHaveLength(6);
  });
});

describe.each(['crash', 'unavailable'] as const)('a fault at any call: %s', (how) => {
  it.each(['before', 'after'] as const)(
    'makes each run that follows once, and leaves nothing, %s the call took effect',
    async (when) => {
      for (const at of pointsOf(undisturbed.calls.length, { how, when })) {
        const life = await live({ at, when, how });
        try {
          await expectAllFollowed(life);
        } catch (error) {
          const where = `${how} ${when} call ${at}, ${undisturbed.calls[at - 1]}`;
          throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
  );
});
