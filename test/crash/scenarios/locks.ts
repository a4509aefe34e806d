import { acquireLock } from '../../../shared/locks/acquire.ts';
import { breakLock } from '../../../shared/locks/break.ts';
import { keepLock } from '../../../shared/locks/heartbeat.ts';
import { listOwnLocks } from '../../../shared/locks/list-own.ts';
import { type Lock, lockPath } from '../../../shared/locks/lock.ts';
import { releaseLock } from '../../../shared/locks/release.ts';
import type { Write } from '../../../shared/ports/index.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, expectEndings, runsOf } from './expect.ts';

const project = projectOf({ dev: { webhooks: [], scale: 2, timeout: 3_600 } });

/** Two runs whose containers run. */
async function two(stage: Stage): Promise<[string, string]> {
  const runs: [string, string] = [await stage.run('dev'), await stage.run('dev')];
  for (const run of runs) await stage.until(run, 'running');
  return runs;
}

async function acquire(stage: Stage, run: string, key: string, ttl?: number) {
  const secret = stage.secretOf(run);
  return stage.ask('gateway', (ports, releases) =>
    acquireLock(ports, releases, { secret, key, ttl }),
  );
}

async function lockOf({ world }: Stage, key: string): Promise<Lock | undefined> {
  return (await world.ports.documents.get<Lock>(lockPath(key)))?.data;
}

async function exitAll(stage: Stage, runs: readonly string[]): Promise<void> {
  for (const run of runs) await stage.world.exit(run, { exitCode: 0 });
}

async function idsOf(stage: Stage): Promise<string[]> {
  return [...(await runsOf(stage)).keys()];
}

const bothDone = ['dev succeeded: completed', 'dev succeeded: completed'];

/** A lock is taken, shown life of, taken again, refused to another, given back and taken by that one. */
export function passedOn(): Scenario {
  const key = 'acme/app#1';
  return {
    title: 'a lock that is kept, refused to another, given back and passed on',
    project,
    container: () => 'runs',
    live: async (stage) => {
      const runs = await two(stage);
      const [one, other] = runs;
      assert.deepEqual(await acquire(stage, one, key), { outcome: 'acquired', fence: 1 });
      assert.equal((await acquire(stage, other, key)).outcome, 'held');
      assert.deepEqual(await acquire(stage, one, key), { outcome: 'acquired', fence: 1 });
      const secret = stage.secretOf(one);
      const kept = await stage.ask('gateway', (ports, releases) =>
        keepLock(ports, releases, { secret, key, ttl: 60 }),
      );
      assert(kept.outcome === 'kept' && kept.fence === 1);
      const own = await stage.ask('gateway', (ports) => listOwnLocks(ports, secret));
      assert.equal(own?.length, 1);
      const released = await stage.ask('gateway', (ports) => releaseLock(ports, { secret, key }));
      // Of a release whose answer was lost it is told that the lock is not there.
      assert(['released', 'no such lock'].includes(released.outcome));
      assert.deepEqual(await acquire(stage, other, key), { outcome: 'acquired', fence: 2 });
      await exitAll(stage, runs);
    },
    check: async (stage) => {
      await expectEndings(stage, ...bothDone);
      assert.equal((await lockOf(stage, key))?.fence, 2);
    },
  };
}

/** Two runs want what the other has; an operator takes one lock away. */
export function deadlocked(): Scenario {
  const [a, b] = ['acme/app#1', 'acme/app#2'];
  return {
    title: 'two runs that wait for each other, until an operator breaks a lock',
    project,
    container: () => 'runs',
    prepare: async (stage) => {
      const [one, other] = await two(stage);
      await acquire(stage, one, a);
      await acquire(stage, other, b);
    },
    live: async (stage) => {
      const [one, other] = [
        (await lockOf(stage, a))?.holder ?? '',
        (await lockOf(stage, b))?.holder ?? '',
      ];
      assert.equal((await acquire(stage, one, b)).outcome, 'held');
      assert.equal((await acquire(stage, other, a)).outcome, 'deadlock');
      const broken = await stage.ask('control', (ports) => breakLock(ports, a, octavia));
      assert(['broken', 'free'].includes(broken.outcome));
      assert.deepEqual(await acquire(stage, other, a), { outcome: 'acquired', fence: 2 });
      await exitAll(stage, [one, other]);
    },
    check: async (stage) => {
      await expectEndings(stage, ...bothDone);
      assert.equal((await lockOf(stage, a))?.fence, 2);
    },
  };
}

/** A lock lapses and the sweep frees it; another is looked at and left alone. */
export function lapsed(): Scenario {
  return {
    title: 'locks that the sweep looks at: one has lapsed, one is held',
    project,
    container: () => 'runs',
    prepare: async (stage) => {
      const [one] = await two(stage);
      await acquire(stage, one, 'short', 30);
      await acquire(stage, one, 'long');
      await stage.leap(120_000 - (stage.world.ports.clock.now() % 60_000));
    },
    live: async (stage) => {
      await stage.tick();
      await exitAll(stage, await idsOf(stage));
    },
    check: async (stage) => {
      await expectEndings(stage, ...bothDone);
      const lost = [await lockOf(stage, 'short'), await lockOf(stage, 'long')];
      assert.deepEqual(
        lost.map((lock) => lock?.last?.loss),
        ['expired', 'over'],
      );
    },
  };
}

/** A run ends with more locks than its ending can release. */
export function toSpare(): Scenario {
  return {
    title: 'a run that ends with more locks than its ending can release',
    project,
    container: () => 'runs',
    prepare: async (stage) => {
      const run = await stage.run('dev');
      await stage.until(run, 'running');
      await acquire(stage, run, 'first');
      const first = await lockOf(stage, 'first');
      assert(first);
      const writes = Array.from(
        { length: 400 },
        (_, index): Write => ({
          op: 'create',
          path: lockPath(`key ${index}`),
          data: { ...first, key: `key ${index}`, dueAt: first.until },
        }),
      );
      await stage.world.ports.documents.commit(writes);
    },
    live: async (stage) => {
      await exitAll(stage, await idsOf(stage));
      await stage.pass(1_000);
    },
    check: (stage) => expectEndings(stage, 'dev succeeded: completed'),
  };
}
