import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { acquireLock } from '../locks/acquire.ts';
import { type Lock, lockPath } from '../locks/lock.ts';
import { CloudError } from '../ports/index.ts';
import { killRun } from './kill.ts';

const key = 'github://acme/pasture/issues/42';

/** A world in which each run takes a lock on the same key as soon as it runs, and the id of the first. */
async function worldWithLocks() {
  const secrets = new Map<string, string>();
  const world = await createWorld({
    project: projectOf({ triage: { scale: 2 } }),
    container: ({ env, execution }) => {
      const run = /drover-(triage-[a-z2-7]{8})/.exec(execution)?.[1] ?? '';
      secrets.set(run, env.SHUTDOWN_SECRET ?? '');
      return 'runs';
    },
  });
  const take = (run: string) =>
    acquireLock(world.ports, world.releases, { secret: secrets.get(run) ?? '', key });
  return { world, take };
}

async function started(world: World, delivery: string): Promise<string> {
  const { triage = '' } = await world.deliver(delivery);
  await world.settle();
  return triage;
}

async function lockOf({ ports }: World): Promise<Lock | undefined> {
  return (await ports.documents.get<Lock>(lockPath(key)))?.data;
}

describe('the end of a run', () => {
  it('frees what it had locked in its own commit, and says so', async () => {
    const { world, take } = await worldWithLocks();
    const run = await started(world, 'one');
    expect(await take(run)).toMatchObject({ outcome: 'acquired', fence: 1 });
    const commits: string[][] = [];
    const { documents } = world.ports;
    const { commit } = documents;
    documents.commit = async (writes) => {
      commits.push(writes.map(({ path }) => path));
      return commit(writes);
    };
    await world.exit(run, { exitCode: 1 });
    expect(await lockOf(world)).toMatchObject({
      holder: null,
      fence: 1,
      summary: 'free: the run that held it is over',
    });
    const ending = commits.find((paths) => paths.includes(lockPath(key)));
    expect(ending).toEqual(expect.arrayContaining([`runs/${run}`, 'agents/triage']));
  });

  it('lets whoever waited have the lock, with a higher fence', async () => {
    const { world, take } = await worldWithLocks();
    const [one, other] = [await started(world, 'one'), await started(world, 'other')];
    await take(one);
    expect(await take(other)).toMatchObject({ outcome: 'held', holder: one });
    await killRun(world.ports, world.releases, one, { who: 'octavia', why: 'stuck' });
    await world.settle();
    expect(await take(other)).toMatchObject({ outcome: 'acquired', fence: 2 });
    expect(await take(one)).toMatchObject({ outcome: 'no such run' });
  });
});

describe('a run that is over and not clean', () => {
  it('has its locks released by whoever cleans up after it: what released them may have died', async () => {
    const { world, take } = await worldWithLocks();
    const run = await started(world, 'one');
    await take(run);
    const held = await world.ports.documents.get<Lock>(lockPath(key));
    const { commit } = world.ports.documents;
    world.ports.documents.commit = async (writes) => {
      if (writes.some((write) => write.op === 'update' && 'cleanedAt' in write.fields)) {
        world.ports.documents.commit = commit;
        // As if there had been too many for the ending's commit.
        await commit([{ op: 'set', path: lockPath(key), data: held?.data ?? {} }]);
        throw new CloudError('resource_exhausted', 'not now');
      }
      return commit(writes);
    };
    await world.exit(run, { exitCode: 0 });
    await world.advance(10_000);
    expect(await world.run(run)).toMatchObject({ cleanedAt: expect.any(String) });
    expect(await lockOf(world)).toMatchObject({ holder: null, fence: 1 });
  });
});

describe('the sweep', () => {
  it('frees a lock whose time has passed though its holder lives', async () => {
    const { world, take } = await worldWithLocks();
    await take(await started(world, 'one'));
    await world.sweep();
    expect((await lockOf(world))?.holder).not.toBeNull();
    await world.advance(31 * 60_000);
    await world.sweep();
    expect((await lockOf(world))?.holder).toBeNull();
  });
});
