import { pauseAgent } from '../../../shared/agents/pause.ts';
import { replayDelivery } from '../../../shared/deliveries/replay.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import { settings } from '../../sim/place.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, runsOf } from './expect.ts';

const dayMs = 86_400_000;
/** It is looked for in each fifth minute. */
const lookMs = 5 * 60_000;

/** Ids of what a collection has. */
async function idsIn({ world }: Stage, collection: string): Promise<string[]> {
  const found = await world.ports.documents.query({ collection, limit: 1_000 });
  return found.map(({ id }) => id);
}

/** A run whose log is long, one that is still due, one that a pause holds, and deliveries of them all, are as old as they may get. */
export function old(): Scenario {
  let [done, due, held]: string[] = [];
  return {
    title: 'runs and deliveries whose time has come',
    project: { ...projectOf({ triage: {}, later: { webhooks: [] } }), historyRetentionDays: 7 },
    prepare: async (stage) => {
      const { ports } = stage.world;
      ({ triage: done } = await stage.deliver('1'));
      await stage.until(done ?? '', 'succeeded');
      await stage.ask('control', async (own, releases) => {
        const current = await releases.current();
        if (!current) throw new Error('no release');
        const request = { actor: octavia, key: 'again' };
        await replayDelivery(own, settings, current, 'github:1', request);
      });
      for (let n = 0; n < 25; n += 1) {
        const id = `line-${n}`;
        const data = { id, lines: [], expireAt: new Date(ports.clock.now() + 99 * dayMs) };
        await ports.documents.commit([{ op: 'create', path: `runs/${done}/logs/${id}`, data }]);
      }
      await stage.pass(60_000);
      due = await stage.run('later');
      await stage.until(due, 'succeeded');
      await stage.pass(60_000);
      await pauseAgent(ports, 'triage', octavia);
      ({ triage: held } = await stage.deliver('2'));
      stage.open.add(held ?? '');
      await stage.leap(8 * dayMs + lookMs - (ports.clock.now() % lookMs));
      const fields = { dueAt: new Date(ports.clock.now()) };
      await ports.documents.commit([{ op: 'update', path: `runs/${due}`, fields }]);
    },
    live: async (stage) => {
      await stage.tick();
      // A run that was put off, or not got rid of at once, and the delivery that it came of go a day later.
      const { now } = stage.world.ports.clock;
      await stage.leap(dayMs + lookMs - (now() % lookMs));
      await stage.tick();
    },
    check: async (stage) => {
      assert.deepEqual([...(await runsOf(stage)).keys()], [held]);
      assert.deepEqual(await idsIn(stage, `runs/${done}/logs`), []);
      assert.deepEqual(await idsIn(stage, `runs/${done}/events`), []);
      assert.deepEqual(await idsIn(stage, 'deliveries'), ['github:2']);
      assert.deepEqual(await idsIn(stage, 'deliveries/github:1/body'), []);
      assert.deepEqual(await idsIn(stage, 'deliveries/github:1/replays'), []);
      assert.equal((await idsIn(stage, 'deliveries/github:2/body')).length, 1);
    },
  };
}
