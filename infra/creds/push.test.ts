import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeSecretId, readCredential } from '../../shared/credentials/home.ts';
import { CloudError, type Secrets } from '../../shared/ports/index.ts';
import { commandLine } from '../gcloud/command-line.ts';
import { GoogleRefusal } from '../gcloud/google.ts';
import { neededHere } from './needed-here.ts';
import { type Pushed, type PushOptions, pushCredentials } from './push.ts';
import { type CredsBench, credsBench, fieldsOf, hourMs, token } from './test-bench.ts';

let bench: CredsBench;
beforeEach(() => {
  bench = credsBench();
});
afterEach(() => bench.close());

/** Pushes all that the project needs and that lies here. */
async function pushAll(options: Partial<PushOptions> = {}): Promise<Pushed> {
  const context = bench.context();
  const { project, directory } = context;
  if (!project) throw new Error('the bench has a project');
  const { wanted } = await neededHere(project, directory, bench.ports.secrets);
  return pushCredentials(context, wanted, { ...bench.working, tidiesAll: true, ...options });
}

/** Gives the token another value, as from standard input. */
function rotate(value: string, options: Partial<PushOptions> = {}): Promise<Pushed> {
  const wanted = { reference: token, fields: fieldsOf({ token: value }), isWhole: false };
  return pushCredentials(bench.context(), [wanted], {
    ...bench.working,
    isNamed: true,
    ...options,
  });
}

async function tokenNow(field = 'token'): Promise<string> {
  return Buffer.from((await readCredential(bench.ports, token))?.[field] ?? '').toString();
}

describe('a push', () => {
  test('puts each field there as a version, found by its alias', async () => {
    const { steps } = await pushAll();
    expect(steps).toEqual([
      'credential github_webhook_secret:default',
      'credential github_token:default',
      'credential reddit_oauth:default',
      'credential gateway_api_key:default',
    ]);
    expect(await tokenNow()).toBe('ghp_first');
    const reddit = { type: 'reddit_oauth', instance: 'default' };
    expect(Object.keys((await readCredential(bench.ports, reddit)) ?? {}).sort()).toEqual([
      'client_id',
      'client_secret',
      'password',
      'user_agent',
      'username',
    ]);
  });

  test('finds nothing to do the second time', async () => {
    await pushAll();
    expect((await pushAll()).steps).toEqual([]);
  });

  test('changes the fields that are otherwise, and takes away those that are gone', async () => {
    const before = {
      reference: token,
      fields: fieldsOf({ token: 'a', spare: 'b' }),
      isWhole: true,
    };
    await pushCredentials(bench.context(), [before], bench.working);
    const { credentials } = await pushAll();
    const changes = credentials.find(({ credential }) => credential === 'github_token:default');
    expect(changes?.changes.map(({ field, change }) => [field, change])).toEqual([
      ['token', 'changed'],
      ['spare', 'gone'],
    ]);
    expect(Object.keys((await readCredential(bench.ports, token)) ?? {})).toEqual(['token']);
  });

  test('leaves the other fields of a credential alone when one is given', async () => {
    const both = { reference: token, fields: fieldsOf({ token: 'a', spare: 'b' }), isWhole: true };
    await pushCredentials(bench.context(), [both], bench.working);
    await rotate('c');
    expect([await tokenNow(), await tokenNow('spare')]).toEqual(['c', 'b']);
  });

  test('leaves them alone also where a version of one was disabled by hand', async () => {
    const { secrets, versions } = bench.ports;
    const fields = fieldsOf({ token: 'a', spare: 'b', other: 'd' });
    const all = { reference: token, fields, isWhole: true };
    await pushCredentials(bench.context(), [all], bench.working);
    const id = homeSecretId(token);
    const before = await secrets.get(id);
    await versions.destroy(id, before?.aliases.spare ?? '');
    await rotate('c');
    const after = await secrets.get(id);
    expect(Object.keys(after?.aliases ?? {}).sort()).toEqual(['other', 'spare', 'token']);
    expect(after?.aliases.other).toBe(before?.aliases.other);
  });

  test('tells what changed by fingerprints, of which the same value has the same', async () => {
    await pushAll();
    await rotate('ghp_second');
    const told = bench.events.flatMap((event) =>
      event.kind === 'step' && event.state === 'done' ? [event.note ?? ''] : [],
    );
    const [, first = ''] = /token is new: ([0-9a-f]{8})$/.exec(told[1] ?? '') ?? [];
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(told.at(-1)).toMatch(new RegExp(`^token ${first} → [0-9a-f]{8}$`));
  });

  test('shows no value and nothing that a value could be guessed from', async () => {
    await pushAll({ isDryRun: true });
    await pushAll();
    await rotate('ghp_second');
    const shown = bench.events.map((event) =>
      event.kind === 'command' ? commandLine(event.command) : JSON.stringify(event),
    );
    const notes = await Promise.all(
      ['github_token', 'reddit_oauth'].map((type) =>
        bench.ports.versions.notes(homeSecretId({ type, instance: 'default' })),
      ),
    );
    const all = [...shown, JSON.stringify(notes)].join('\n');
    for (const value of ['ghp_first', 'ghp_second', 'hunter2', 'cs-long-secret', 'control-key']) {
      const hash = createHash('sha256').update(value).digest('hex');
      const encoded = Buffer.from(value).toString('base64');
      for (const told of [value, encoded, hash.slice(0, 8)]) expect(all).not.toContain(told);
    }
  });

  test('of a dry run changes nothing and names every call', async () => {
    const { steps } = await pushAll({ isDryRun: true });
    expect(steps).toHaveLength(4);
    expect(await bench.ports.secrets.list({})).toEqual([]);
    const lines = bench.events.flatMap((event) =>
      event.kind === 'command' ? [commandLine(event.command)] : [],
    );
    expect(lines.filter((line) => line.includes('reddit_oauth'))).toHaveLength(1 + 5 + 1);
  });

  test('refuses a value of more than 64 KiB before anything is changed', async () => {
    bench.write('.drover/credentials/gateway_api_key/default/key', 'x'.repeat(65_537));
    await expect(pushAll()).rejects.toMatchObject({ code: 'CREDENTIAL_WRONG' });
    expect(await bench.ports.secrets.list({})).toEqual([]);
  });

  test('is refused where there is no database', async () => {
    const get = () => Promise.reject(new CloudError('not_found', 'no database'));
    const ports = { ...bench.ports, documents: { ...bench.ports.documents, get } };
    await expect(pushAll({ ports })).rejects.toMatchObject({ code: 'NOT_PROVISIONED' });
    expect(await bench.ports.secrets.list({})).toEqual([]);
  });

  test('goes on when Google has too much to do for a moment, and adds no version twice', async () => {
    let isBusy = true;
    const addVersion: Secrets['addVersion'] = async (...args) => {
      if (isBusy && args[0] === homeSecretId(token)) {
        isBusy = false;
        const cause = new GoogleRefusal('resource_exhausted', 'quota', { command: 'addVersion' });
        throw new CloudError('resource_exhausted', 'quota', { cause });
      }
      return bench.ports.secrets.addVersion(...args);
    };
    const ports = { ...bench.ports, secrets: { ...bench.ports.secrets, addVersion } };
    await pushAll({ ports });
    expect(await bench.states(token)).toEqual(['ENABLED']);
    expect(bench.events).toContainEqual({
      kind: 'note',
      text: expect.stringMatching(/^credential github_token:default: again in \d+ s/),
    });
  });

  test('that was cut off after any of its writes is completed by the next', async () => {
    for (let cut = 1; cut < 40; cut += 1) {
      bench.close();
      bench = credsBench();
      await pushAll();
      let writes = 0;
      const counted =
        <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          const answer = await write(...args);
          writes += 1;
          if (writes === cut) throw new Error('the line was cut');
          return answer;
        };
      const { secrets, versions } = bench.ports;
      const ports = {
        ...bench.ports,
        secrets: {
          ...secrets,
          addVersion: counted(secrets.addVersion),
          setAliases: counted(secrets.setAliases),
        },
        versions: {
          ...versions,
          setNotes: counted(versions.setNotes),
          destroy: counted(versions.destroy),
        },
      };
      bench.write('.drover/credentials/github_token/default/token', 'ghp_second');
      const ended = await pushAll({ ports }).catch((error: Error) => error.message);
      await pushAll();
      expect(await tokenNow(), `cut ${cut}`).toBe('ghp_second');
      bench.pass(2 * hourMs);
      await pushAll();
      const states = await bench.states(token);
      expect(
        states.filter((state) => state === 'ENABLED'),
        `cut ${cut}`,
      ).toHaveLength(1);
      if (typeof ended !== 'string') return;
    }
    throw new Error('a push has fewer writes');
  });

  test('does not mind that what is current was made by a newer Drover', async () => {
    await bench.ports.documents.commit([
      { op: 'create', path: 'project/current', data: { release: 'later' } },
      { op: 'create', path: 'releases/later', data: { format: 99, herds: {} } },
    ]);
    expect((await pushAll()).inUse.release).toBeUndefined();
    expect(await tokenNow()).toBe('ghp_first');
  });

  test('of two at once, one is refused', async () => {
    const ended = await Promise.allSettled([pushAll(), pushAll()]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [refused] = ended.filter((each) => each.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'ALREADY_RUNNING' });
  });
});

describe('a version that was replaced', () => {
  beforeEach(async () => {
    await pushAll();
  });

  test('stays for an hour, is then disabled, and is destroyed a week later', async () => {
    await rotate('ghp_second');
    bench.pass(hourMs - 1);
    expect((await pushAll({})).steps).toEqual([]);
    expect(await bench.states(token)).toEqual(['ENABLED', 'ENABLED']);
    bench.pass(1);
    bench.write('.drover/credentials/github_token/default/token', 'ghp_second');
    expect((await pushAll()).steps).toEqual(['old versions of github_token:default']);
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
    bench.pass(7 * 24 * hourMs);
    expect(await bench.states(token)).toEqual(['ENABLED', 'DESTROYED']);
    expect(await tokenNow()).toBe('ghp_second');
  });

  test('stays as long as a run has it mounted that was launched before', async () => {
    await bench.launch('dev-aaaaaaaa', ['github_token:default']);
    await rotate('ghp_second');
    bench.pass(5 * hourMs);
    await bench.launch('dev-bbbbbbbb', ['github_token:default']);
    const { credentials } = await pushAll();
    const staying = credentials.flatMap(({ tidy }) => tidy?.staying ?? []);
    expect(staying).toEqual([{ number: '1', fate: { kind: 'held', runs: ['dev-aaaaaaaa'] } }]);
    expect(await bench.states(token)).toEqual(['ENABLED', 'ENABLED']);
    await bench.end('dev-aaaaaaaa');
    await pushAll();
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
  });

  test.each([
    ['has a copy', ['github_token:default'], 'copy'],
    ['has another credential', ['reddit_oauth:default'], 'direct'],
  ] as const)('waits for no run that %s', async (_what, credentials, delivery) => {
    await bench.launch('dev-aaaaaaaa', [...credentials], delivery);
    await rotate('ghp_second');
    bench.pass(2 * hourMs);
    await pushAll();
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
  });

  test('goes at once when that is asked for, and a person agrees to the runs that lose it', async () => {
    await bench.launch('dev-aaaaaaaa', ['github_token:default']);
    bench.agrees = false;
    await expect(rotate('ghp_second', { atOnce: true })).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
    });
    expect(await tokenNow()).toBe('ghp_first');
    bench.agrees = true;
    await rotate('ghp_second', { atOnce: true });
    expect(bench.confirmed.at(-1)).toContain('dev-aaaaaaaa');
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
  });

  test('is what goes at once, also where Secret Manager tells the old aliases for a while', async () => {
    const { versions } = bench.ports;
    const stale = await versions.notes(homeSecretId(token));
    const notes = async (id: string) => (id === homeSecretId(token) ? stale : versions.notes(id));
    const ports = { ...bench.ports, versions: { ...versions, notes } };
    await rotate('ghp_second', { atOnce: true, ports });
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
    expect(await tokenNow()).toBe('ghp_second');
  });

  test('is not put back by files that still have it, unless that is asked for', async () => {
    await rotate('ghp_second');
    expect((await pushAll()).steps).toEqual([]);
    expect(bench.events.at(-1)).toMatchObject({
      kind: 'note',
      text: expect.stringMatching(
        /^credential github_token:default is left as it is: this machine has an older value of token/,
      ),
    });
    await expect(rotate('ghp_first')).rejects.toMatchObject({ code: 'CREDENTIAL_REPLACED' });
    expect(await tokenNow()).toBe('ghp_second');
    await pushAll({ older: true });
    expect(await tokenNow()).toBe('ghp_first');
  });

  test('is not put back either where a version of another field was disabled by hand', async () => {
    const { secrets, versions } = bench.ports;
    await rotate('ghp_second');
    const spare = { reference: token, fields: fieldsOf({ spare: 'b' }), isWhole: false };
    await pushCredentials(bench.context(), [spare], bench.working);
    const id = homeSecretId(token);
    await versions.destroy(id, (await secrets.get(id))?.aliases.spare ?? '');
    await expect(rotate('ghp_first')).rejects.toMatchObject({ code: 'CREDENTIAL_REPLACED' });
  });

  test('is not put back when it is destroyed long since', async () => {
    await rotate('ghp_second');
    bench.pass(2 * hourMs);
    await pushAll();
    bench.pass(30 * 24 * hourMs);
    await pushAll();
    expect(await tokenNow()).toBe('ghp_second');
  });

  test('by somebody else, or by a push that died, is noted by the next one and waits as long', async () => {
    const id = homeSecretId(token);
    await bench.ports.secrets.setAliases(id, {
      token: await bench.ports.secrets.addVersion(id, Buffer.from('ghp_second')),
    });
    bench.write('.drover/credentials/github_token/default/token', 'ghp_second');
    bench.pass(24 * hourMs);
    expect((await pushAll()).steps).toEqual(['old versions of github_token:default']);
    expect(await bench.states(token)).toEqual(['ENABLED', 'ENABLED']);
    bench.pass(hourMs);
    await pushAll();
    expect(await bench.states(token)).toEqual(['ENABLED', 'DISABLED']);
  });
});
