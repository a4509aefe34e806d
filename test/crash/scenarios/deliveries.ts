import { keepCredential } from '../../../shared/credentials/home.ts';
import { describeBody } from '../../../shared/deliveries/body.ts';
import type { Delivery } from '../../../shared/deliveries/delivery.ts';
import { replayDelivery } from '../../../shared/deliveries/replay.ts';
import { readOwnPayload } from '../../../shared/runs/own-run.ts';
import { octavia } from '../../ask.ts';
import { projectOf } from '../../project.ts';
import { settings } from '../../sim/place.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, expectAudit, expectEndings } from './expect.ts';

const token = { type: 'github_token', instance: 'default' };

async function keepToken({ world }: Stage): Promise<void> {
  await keepCredential(world.ports, token, { token: Buffer.from('t'), login: Buffer.from('l') });
}

/** Two deliveries to two agents, one of which gets copies of its credentials and works off its queue one by one. */
export function withCopies(): Scenario {
  const credentials = ['github_token:default'];
  return {
    title: 'deliveries to two agents, one with copies of credentials',
    project: projectOf({ triage: { scale: 1, credentials }, other: { scale: 2 } }),
    prepare: keepToken,
    live: async (stage) => {
      for (const id of ['1', '2']) await stage.deliver(id);
      await stage.pass(1_000);
    },
    check: (stage) =>
      expectEndings(
        stage,
        'other succeeded: completed',
        'other succeeded: completed',
        'triage succeeded: completed',
        'triage succeeded: completed',
      ),
  };
}

/** A delivery to an agent that is given the homes of its credentials. */
export function withHomes(): Scenario {
  const credentials = ['github_token:default'];
  return {
    title: 'a delivery to an agent whose credentials are mounted from their homes',
    project: projectOf({ triage: { credentials, credentialsDelivery: 'direct' } }),
    prepare: keepToken,
    live: async (stage) => {
      await stage.deliver('1');
      await stage.pass(1_000);
    },
    check: (stage) => expectEndings(stage, 'triage succeeded: completed'),
  };
}

/** A body of three parts, which is kept ahead, read by its agent and replayed. */
export function withLongBody(): Scenario {
  const body = Buffer.alloc(2_000_001, ' ');
  body.write('{"a":1}');
  let delivery = '';
  return {
    title: 'a delivery in parts, which its agent reads, and which is sent and replayed again',
    project: projectOf({ triage: { timeout: 3_600 } }),
    container: () => 'runs',
    live: async (stage) => {
      const { triage = '' } = await stage.deliver('1', { payload: { a: 1 }, body });
      await stage.deliver('1', { payload: { a: 1 }, body });
      await stage.until(triage, 'running');
      delivery = 'github:1';
      const read = await stage.ask('gateway', async (ports) => {
        const found = await readOwnPayload(ports, stage.secretOf(triage));
        if (found.outcome !== 'found') return found.outcome;
        const parts: Uint8Array[] = [];
        for await (const part of found.parts) parts.push(part);
        return describeBody(Buffer.concat(parts), '').sha256;
      });
      assert.equal(read, describeBody(body, '').sha256);
      await stage.world.exit(triage, { exitCode: 0 });
      for (const key of ['once', 'once']) {
        const replayed = await stage.ask('control', async (ports, releases) => {
          const current = await releases.current();
          return (
            current && replayDelivery(ports, settings, current, delivery, { actor: octavia, key })
          );
        });
        assert(typeof replayed === 'object');
        const { triage: again = '' } = replayed.runs;
        await stage.until(again, 'running', 'succeeded');
        await stage.world.exit(again, { exitCode: 0 });
      }
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed', 'triage succeeded: completed');
      await expectAudit(stage, `delivery.replay deliveries/${delivery}`);
    },
  };
}

/** The same bytes twice, from a sender that gives no ids. */
export function withoutIds(): Scenario {
  return {
    title: 'the same bytes twice, from a sender without ids',
    project: projectOf({ triage: {} }),
    live: async (stage) => {
      const first = await stage.deliver(null);
      await stage.pass(1_000);
      assert.deepEqual(await stage.deliver(null), first);
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed');
      const query = { collection: 'deliveries', limit: 10 };
      const found = await stage.world.ports.documents.query<Delivery>(query);
      assert.equal(found.length, 1);
    },
  };
}
