import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { isOver } from '../../shared/runs/states.ts';
import { eventually } from '../drover.ts';
import { chance } from '../sim/random.ts';
import { endPrograms, type Program } from './program.ts';
import { removeDirectories } from './projects.ts';
import { type Accepted, expectSettled } from './settled.ts';
import { createSite, type Site } from './site.ts';

afterAll(async () => {
  await endPrograms();
  removeDirectories();
});

/** In ms; see what `expectSettled` waits for. */
const timeout = 180_000;

async function up(site: Site): Promise<Program> {
  const program = site.start();
  await program.said(/^Drover is up/m, 60_000);
  return program;
}

async function kill(program: Program): Promise<void> {
  program.send('SIGKILL');
  await program.exited;
}

async function deliverAll(site: Site, count: number): Promise<Accepted> {
  const ids = Array.from({ length: count }, (_, index) => `delivery-${index}`);
  const answers = await Promise.all(ids.map((id) => site.deliver(id)));
  const accepted: Accepted = new Map();
  ids.forEach((id, index) => {
    const answer = answers[index];
    if (answer) accepted.set(id, answer);
  });
  expect(accepted.size).toBe(count);
  return accepted;
}

/** Looks at the runs as often as it can until `holds`, so that a kill comes at once. */
function states(site: Site, holds: (states: readonly string[]) => boolean): Promise<true> {
  return eventually(async () => {
    const runs = Object.values(await site.runs());
    return holds(runs.map(({ state, cleanedAt }) => (cleanedAt === null ? state : 'clean')));
  }, 60_000);
}

describe.concurrent('a start that is killed', () => {
  it(
    'while runs are queued goes on with them in order, and ends the one that ran',
    async () => {
      const site = await createSite({ narrow: { seconds: 1, scale: 1 } });
      const first = await up(site);
      const accepted = await deliverAll(site, 4);
      await eventually(async () => site.journal().length > 0, 60_000);
      await kill(first);
      const runs = await expectSettled(site, await up(site), accepted);
      // Whether its container was known to run is a question of moments.
      const ended = Object.values(runs)
        .map(({ reason }) => reason)
        .toSorted();
      expect(ended.slice(0, 3)).toEqual(['completed', 'completed', 'completed']);
      expect(['interrupted', 'container_not_started']).toContain(ended[3]);
      const inOrder = Object.entries(runs)
        .sort(([, a], [, b]) => (a.admittedAt < b.admittedAt ? -1 : 1))
        .map(([id]) => id);
      const begun = site.journal().filter(({ what }) => what === 'begin');
      expect(begun.map(({ execution }) => /^drover-(.*)-a\d+$/.exec(execution)?.[1])).toEqual(
        inOrder,
      );
    },
    timeout,
  );

  it(
    'between the lease of a launch and its job launches again when the lease has run out',
    async () => {
      const site = await createSite({ keyed: { seconds: 0, scale: 6, credentials: 30 } });
      const first = await up(site);
      const accepted = await deliverAll(site, 6);
      await states(site, (all) => all.includes('launching'));
      await kill(first);
      const runs = await expectSettled(site, await up(site), accepted);
      const all = Object.values(runs);
      // Each launch has a secret of its own: a run with two was launched again.
      expect(all.some(({ secretHashes }) => secretHashes.length === 2)).toBe(true);
      const others = all.filter(({ reason }) => reason !== 'completed');
      expect(others.every(({ reason }) => reason === 'interrupted')).toBe(true);
    },
    timeout,
  );

  it(
    'while a run is running says that it was interrupted, and why',
    async () => {
      const site = await createSite({ long: { seconds: 120, scale: 2 } });
      const first = await up(site);
      const accepted = await deliverAll(site, 2);
      await states(site, (all) => all.every((state) => state === 'running'));
      await eventually(async () => site.journal().length === 2);
      await kill(first);
      const runs = await expectSettled(site, await up(site), accepted);
      for (const run of Object.values(runs)) {
        expect(run).toMatchObject({ state: 'failed', reason: 'interrupted', exitCode: null });
        expect(run.summary).toBe(
          'long failed: its execution broke off: The local cloud was restarted while the container ran.',
        );
      }
    },
    timeout,
  );

  it(
    'when an agent has just exited, or while its run is cleaned up, ends it once and cleans up',
    async () => {
      const caught = async (site: Site, wait: () => Promise<unknown>): Promise<void> => {
        const first = await up(site);
        const accepted = await deliverAll(site, 1);
        await wait();
        await kill(first);
        const [run] = Object.values(await expectSettled(site, await up(site), accepted));
        // Whether the exit was seen before the kill decides which; nothing else may be said.
        expect(['completed', 'interrupted']).toContain(run?.reason);
      };
      const exiting = await createSite({ brief: { seconds: 0.2, scale: 1 } });
      const cleaning = await createSite({ keyed: { seconds: 0, scale: 1, credentials: 30 } });
      await Promise.all([
        caught(exiting, () =>
          eventually(async () => exiting.journal().some(({ what }) => what === 'end'), 60_000),
        ),
        caught(cleaning, () =>
          states(cleaning, (all) => all.some((state) => state === 'succeeded')),
        ),
      ]);
    },
    timeout,
  );

  it(
    'again and again under a stream of deliveries loses none that it has answered',
    async () => {
      const seed = Number(process.env.DROVER_CRASH_SEED ?? Date.now() % 1_000_000);
      try {
        await killAgainAndAgain(seed);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`with DROVER_CRASH_SEED=${seed}: ${message}`, { cause });
      }
    },
    timeout,
  );
});

const kills = 8;
const mostDeliveries = 40;

async function killAgainAndAgain(seed: number): Promise<void> {
  const { fraction: random } = chance(seed);
  const site = await createSite({
    brief: { seconds: 0, scale: 3, credentials: 3 },
    slow: { seconds: 0.6, scale: 2 },
  });
  const accepted: Accepted = new Map();
  const unanswered = new Set<string>();
  const send = async (id: string): Promise<void> => {
    const answer = await site.deliver(id);
    if (!answer) {
      unanswered.add(id);
      return;
    }
    unanswered.delete(id);
    accepted.set(id, answer);
  };
  let streaming = true;
  const stream = (async () => {
    for (let sent = 0; streaming; ) {
      // As a provider's redelivery: what got no answer comes again.
      const [again] = unanswered;
      if (again !== undefined && random() < 0.5) await send(again);
      else if (sent < mostDeliveries) {
        sent += 1;
        await send(`stream-${sent}`);
      }
      await sleep(40 + random() * 160);
    }
  })();

  for (let round = 0; round < kills; round += 1) {
    const program = site.start();
    // Most often at work, now and then while it is still coming up.
    if (random() < 0.75) await program.said(/^Drover is up/m, 60_000);
    await sleep(random() * 1_500);
    await kill(program);
  }
  const last = await up(site);
  streaming = false;
  await stream;
  for (const id of [...unanswered]) await send(id);
  expect([...unanswered]).toEqual([]);
  expect(accepted.size).toBeGreaterThan(kills);

  const runs = await expectSettled(site, last, accepted);
  expect(Object.keys(runs)).toHaveLength(2 * accepted.size);
  const strange = Object.values(runs).filter(
    ({ state, reason }) => !isOver(state) || !['completed', 'interrupted'].includes(reason ?? ''),
  );
  expect(strange).toEqual([]);
}
