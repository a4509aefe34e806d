import { keepCredential } from '../../../shared/credentials/home.ts';
import { acquireLock } from '../../../shared/locks/acquire.ts';
import { readLog } from '../../../shared/runs/logs.ts';
import { projectOf } from '../../project.ts';
import type { Scenario } from '../live.ts';
import type { Stage } from '../stage.ts';
import { assert, expectEndings, runsOf } from './expect.ts';

/** Looks at a path of the control API, as an operator. */
async function look(stage: Stage, path: string): Promise<{ [field: string]: unknown }> {
  const { operator: headers } = stage.world.credentials;
  const { status, text } = await stage.send('control', path, { headers });
  assert.equal(status, 200, `${path}: ${status} ${text}`);
  return text.startsWith('{') ? (JSON.parse(text) as { [field: string]: unknown }) : {};
}

/** Everything that people look at, of a world in which something has happened. */
export function everywhere(): Scenario {
  let seen: string | undefined;
  return {
    title: 'people look at everything',
    project: projectOf({
      triage: {
        scale: 2,
        timeout: 3_600,
        retry: { attempts: 1, backoff: 1, maxBackoff: 1, exitCodes: null },
      },
    }),
    container: () => 'runs',
    prepare: async (stage) => {
      for (const id of ['1', '2']) {
        await stage.deliver(id);
        await stage.pass(5_000);
      }
      const [run = ''] = (await runsOf(stage)).keys();
      const secret = stage.secretOf(run);
      await stage.ask('gateway', (ports, releases) =>
        acquireLock(ports, releases, { secret, key: 'k' }),
      );
      for (const id of (await runsOf(stage)).keys()) {
        const path = `runs/${id}/logs/2026-03-01T12-00-00_000000000Z-a`;
        const lines = ['a', 'b'].map((insertId) => ({
          at: '2026-03-01T12:00:00.000000000Z',
          insertId,
          severity: 'INFO',
          text: 'hello',
        }));
        const data = { id: path.split('/')[3] ?? '', lines, expireAt: new Date(0) };
        await stage.world.ports.documents.commit([{ op: 'create', path, data }]);
      }
      // It is tried again, so that there is a chain of runs to look at.
      await stage.world.exit(run, { exitCode: 1 });
      await stage.pass(10_000);
    },
    live: async (stage) => {
      const before = await snapshot(stage);
      const [run = ''] = [...(await runsOf(stage))].flatMap(([id, { state }]) =>
        state === 'running' ? [] : [id],
      );
      for (const path of [
        '/v1/project',
        '/v1/agents',
        '/v1/runs?trigger=webhook',
        `/v1/runs/${run}`,
        `/v1/runs/${run}/explain`,
        `/v1/runs/${run}/journal`,
        `/v1/runs/${run}/logs`,
        `/v1/runs/${run}/logs/follow`,
        '/v1/deliveries',
        '/v1/deliveries/github:1/body',
        '/v1/locks',
        '/v1/calls',
        '/v1/audit',
        '/v1/costs',
        '/v1/costs?agent=triage&days=1',
        '/control/status',
        '/locks/status',
        '/api/logs/scheduler',
        `/api/logs/agents/triage/${run}`,
        '/api/stats/agents/triage/runs',
        `/api/stats/agents/triage/runs/${run}`,
        '/api/stats/triggers?all=1',
        '/api/stats/activity',
      ]) {
        await look(stage, path);
      }
      // Of an agent's log: its last line, what comes before that, and what comes after.
      const { cursor, backCursor } = await look(stage, '/api/logs/agents/triage?lines=1');
      await look(stage, `/api/logs/agents/triage?cursor=${cursor}`);
      await look(stage, `/api/logs/agents/triage?back_cursor=${backCursor}`);
      await stage.ask('control', (ports) => readLog(ports, run, 10));
      seen = (await snapshot(stage)) === before ? before : 'changed';
      for (const id of (await runsOf(stage)).keys()) await stage.world.exit(id, { exitCode: 0 });
    },
    check: async (stage) => {
      assert.notEqual(seen, 'changed');
      await expectEndings(
        stage,
        'triage failed: exit_code',
        'triage succeeded: completed',
        'triage succeeded: completed',
      );
    },
  };
}

async function snapshot(stage: Stage): Promise<string> {
  const { documents } = stage.world.ports;
  const collections = ['runs', 'agents', 'deliveries', 'locks', 'calls', 'audit', 'project'];
  const found = await Promise.all(
    collections.map((collection) => documents.query({ collection, limit: 1_000 })),
  );
  return JSON.stringify(found.flat().map(({ path, version }) => [path, version]));
}

/** A credential is put into its home, and then has another field and another value. */
export function credentials(): Scenario {
  const reference = { type: 'github_token', instance: 'default' };
  const [one, other] = [
    { token: Buffer.from('a'), login: Buffer.from('l') },
    { token: Buffer.from('b') },
  ];
  return {
    title: 'a credential that is put into its home, and changed',
    project: projectOf({ triage: { credentials: ['github_token:default'] } }),
    live: async (stage) => {
      for (const fields of [one, other]) {
        await stage.ask('publish', (ports) => keepCredential(ports, reference, fields));
      }
      await stage.deliver('1');
      await stage.pass(1_000);
    },
    check: async (stage) => {
      await expectEndings(stage, 'triage succeeded: completed');
      const { secrets } = stage.world.ports;
      const home = await secrets.get('drover-cred-github_token-default');
      assert.deepEqual(Object.keys(home?.aliases ?? {}), ['token']);
      const value = await secrets.access('drover-cred-github_token-default', 'token');
      assert.equal(Buffer.from(value).toString(), 'b');
    },
  };
}
