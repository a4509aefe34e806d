import { describe, expect, it } from 'vitest';
import { keepCredential } from '../shared/credentials/home.ts';
import { type Fault, faulty, pointsOf } from './faulty.ts';
import { projectOf } from './project.ts';
import { createWorld, type World } from './world.ts';

const credentials = ['github_token:default'];
const project = projectOf({ triage: { scale: 1, credentials }, other: { scale: 2 } });

/** Three deliveries to two agents, through to their ends, with sweeps; whoever is refused or crashes tries again later. */
async function live(
  fault: Fault | undefined,
): Promise<{ world: World; calls: string[]; admitted: string[] }> {
  const { calls, wrap, arm } = faulty(fault);
  const world = await createWorld({ project, container: () => ({ exitCode: 0 }), wrap });
  const token = { token: Buffer.from('t') };
  await keepCredential(world.ports, { type: 'github_token', instance: 'default' }, token);
  arm();
  const admitted: string[] = [];
  for (const id of ['1', '2', '3']) {
    // GitHub's redelivery: what got no answer is sent again, and may have been admitted already.
    const runs = await world.deliver(id).catch(() => world.deliver(id));
    admitted.push(...Object.values(runs));
  }
  await world.advance(1_000);
  for (let minute = 0; minute < 5; minute += 1) {
    await world.sweep().catch(() => {});
    await world.advance(60_000);
  }
  return { world, calls, admitted };
}

async function expectAllWell({ world, admitted }: Awaited<ReturnType<typeof live>>): Promise<void> {
  const runs = await world.runs();
  expect(runs).toHaveLength(6);
  expect(new Set(admitted).size).toBe(6);
  for (const run of runs) {
    expect(run.state).toBe('succeeded');
    expect(run.dueAt).toBeNull();
    expect(run.cleanedAt).not.toBeNull();
  }
  expect(world.started).toHaveLength(6);
  expect(new Set(world.started).size).toBe(6);
  expect(await world.leftovers()).toEqual([]);
  expect(await world.slots('triage')).toEqual([]);
  expect(await world.slots('other')).toEqual([]);
}

const undisturbed = await live(undefined);

describe('an undisturbed life', () => {
  it('ends well and starts every run once', async () => {
    await expectAllWell(undisturbed);
    expect(undisturbed.calls.length).toBeGreaterThan(100);
  });
});

describe.each(['crash', 'unavailable', 'aborted'] as const)('a fault at any call: %s', (how) => {
  it.each(['before', 'after'] as const)(
    'starts and ends every run once and well, and leaves nothing, %s the call took effect',
    async (when) => {
      for (const at of pointsOf(undisturbed.calls.length, { how, when })) {
        const life = await live({ at, when, how });
        try {
          await expectAllWell(life);
        } catch (error) {
          const where = `${how} ${when} call ${at}, ${undisturbed.calls[at - 1]}`;
          throw new Error(`${where}: ${error instanceof Error ? error.message : error}`);
        }
      }
    },
  );
});
