import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Printer } from '../cli/printer.ts';
import { directoryWith, removeDirectories } from '../cli/test-project.ts';
import { type TestWorld, testShell } from '../cli/test-shell.ts';
import { announce } from '../local/start/running.ts';
import { type ControlOptions, connect } from './connect.ts';

afterAll(removeDirectories);

const url = 'https://europe-west1-acme-drover.cloudfunctions.net/drover-control';
const droverToml = 'project = "acme-drover"\nregion = "europe-west1"\n';
const secrets = 'GET https://secretmanager.googleapis.com/v1/projects/acme-drover/secrets';
const home = `${secrets}/drover-cred-gateway_api_key`;
const payload = (key: string) => ({ payload: { data: Buffer.from(key).toString('base64') } });
/** Somebody who is signed in, and may read the key. */
const owner: TestWorld = {
  gcloud: {
    'config list': { core: { account: 'octavia@example.com' } },
    'auth print-access-token': { token: 'a-token' },
  },
  api: {
    [`${home}-default/versions/3:access`]: payload('the-key\n'),
    [`${home}-default`]: {
      name: 'x/drover-cred-gateway_api_key-default',
      versionAliases: { key: '3' },
    },
  },
};

async function connected(options: ControlOptions, world: TestWorld) {
  const shell = testShell(world);
  const notes: string[] = [];
  const printer: Printer = {
    print: (event) => notes.push(event.kind === 'note' ? event.text : event.kind),
    result: () => undefined,
    fail: () => undefined,
  };
  const session = { shell, printer, signal: new AbortController().signal };
  const found = await connect(session, options).catch((error: Error & { code: string }) => ({
    code: error.code,
    message: error.message,
  }));
  return { found, notes, asked: shell.asked };
}

/** A directory in which a local cloud runs: this process stands for it. */
function withLocal(files: { readonly [path: string]: string } = {}, pid = process.pid) {
  const directory = directoryWith({ 'key.txt': 'the-local-key\n', ...files });
  const control = 'http://127.0.0.1:8080/control';
  const running = { pid, control, keyFile: join(directory, 'key.txt') };
  return { directory, control, stop: announce([join(directory, '.drover')], running) };
}

describe('finding the control API', () => {
  it('takes what the command line names, then what the environment does', async () => {
    const directory = directoryWith({ 'key.txt': 'from-a-file\n', 'other.txt': 'from-another' });
    const environment = {
      DROVER_CONTROL_URL: 'https://there.test/control/',
      DROVER_CONTROL_KEY_FILE: 'other.txt',
      DROVER_CONTROL_KEY: 'from-a-variable',
    };
    const options = { url: 'http://localhost:8080/control', keyFile: 'key.txt' };
    const named = await connected(options, { directory, environment });
    expect(named.found).toMatchObject({
      base: 'http://localhost:8080/control',
      key: 'from-a-file',
    });
    const told = await connected({}, { directory, environment });
    expect(told.found).toMatchObject({ base: 'https://there.test/control', key: 'from-another' });
    const { DROVER_CONTROL_KEY_FILE: _, ...rest } = environment;
    expect((await connected({}, { directory, environment: rest })).found).toMatchObject({
      key: 'from-a-variable',
    });
    expect([...named.asked, ...told.asked]).toEqual([]);
  });

  it('finds the local cloud that runs in the directory, and asks Google nothing', async () => {
    const { directory, control, stop } = withLocal();
    const { found, notes, asked } = await connected({}, { directory });
    expect(found).toMatchObject({ base: control, key: 'the-local-key' });
    expect([notes, asked]).toEqual([[], []]);
    await stop();
    expect((await connected({}, { directory, gcloud: { 'config list': {} } })).found).toMatchObject(
      { code: 'PROJECT_MISSING' },
    );
  });

  it('says that it is the local one where the directory has another as well, and asks that when it is named', async () => {
    const { directory } = withLocal({ 'drover.toml': droverToml });
    const { notes } = await connected({}, { directory });
    expect(notes).toEqual([
      'this is the local cloud at http://127.0.0.1:8080/control; --project acme-drover asks Google Cloud',
    ]);
    const named = await connected({ project: 'acme-drover' }, { ...owner, directory });
    expect(named.found).toMatchObject({ base: url, key: 'the-key' });
  });

  it('passes over a local cloud that died without a word, and a file that is none of ours', async () => {
    const { directory } = withLocal({ 'drover.toml': droverToml }, 2 ** 22 + 1);
    expect((await connected({}, { ...owner, directory })).found).toMatchObject({ base: url });
    mkdirSync(join(directory, '.drover'), { recursive: true });
    const away = {
      pid: process.pid,
      control: 'http://127.0.0.1.evil.test/control',
      keyFile: '/etc/hostname',
    };
    for (const text of ['{', '{"pid":1}', 'null', JSON.stringify(away)]) {
      writeFileSync(join(directory, '.drover/running.json'), text);
      expect((await connected({}, { ...owner, directory })).found).toMatchObject({ base: url });
    }
  });

  it('finds the function and its key in the project of drover.toml, by the right of whoever is signed in', async () => {
    const directory = directoryWith({ 'drover.toml': droverToml });
    const { found, asked } = await connected({}, { ...owner, directory });
    expect(found).toEqual({ base: url, key: 'the-key', name: 'acme-drover, europe-west1' });
    expect(asked.join('\n')).not.toContain('the-key');
  });

  it('falls back to the key that only looks', async () => {
    const directory = directoryWith({ 'drover.toml': droverToml });
    const api = {
      [`${home}-default`]: 403,
      [`${home}-viewer/versions/1:access`]: payload('looks'),
      [`${home}-viewer`]: {
        name: 'x/drover-cred-gateway_api_key-viewer',
        versionAliases: { key: '1' },
      },
    };
    expect((await connected({}, { ...owner, directory, api })).found).toMatchObject({
      key: 'looks',
    });
  });

  it('uses the identity of a service account, for the function and nobody else', async () => {
    const directory = directoryWith({ 'drover.toml': droverToml });
    const gcloud = {
      'config list': { core: { account: 'ci@acme-drover.iam.gserviceaccount.com' } },
      'auth print-access-token': { token: 'a-token' },
      [`auth print-identity-token --audiences=${url} `]: { token: 'eyJ.identity.token' },
    };
    const { found } = await connected({}, { ...owner, directory, gcloud });
    expect(found).toMatchObject({ base: url, key: 'eyJ.identity.token' });
    const named = directoryWith({
      'drover.toml': `${droverToml}control = "https://else.test"\n`,
    });
    const elsewhere = await connected(
      { url: 'https://else.test' },
      { ...owner, directory: named, gcloud },
    );
    expect(elsewhere.found).toMatchObject({ key: 'the-key' });
    expect(elsewhere.asked.join('\n')).not.toContain('print-identity-token');
  });

  it.each([
    'https://else.test',
    `${url}.else.test`,
    `${url}/more`,
    url.replace('europe-west1', 'europe-west2'),
    url.replace('acme-drover', 'other-drover'),
    'http://127.0.0.1:9',
  ])('gives no key that it found itself to %s, and does not even read it', async (other) => {
    const directory = directoryWith({ 'drover.toml': droverToml });
    for (const told of [
      await connected({ url: other }, { ...owner, directory }),
      await connected({}, { ...owner, directory, environment: { DROVER_CONTROL_URL: other } }),
    ]) {
      expect(told.found).toMatchObject({
        code: 'CONTROL_KEY_MISSING',
        message: expect.stringContaining(other),
      });
      expect(told.asked.join('\n')).not.toContain('secretmanager');
    }
  });

  it('shows it to the function when that is named, and to the address that the file of its project names', async () => {
    const own = directoryWith({ 'drover.toml': droverToml });
    expect((await connected({ url: `${url}/` }, { ...owner, directory: own })).found).toMatchObject(
      { base: url, key: 'the-key' },
    );
    const control = 'https://control.acme.test/drover';
    const directory = directoryWith({
      'drover.toml': `${droverToml}control = "${control}/"\n`,
    });
    expect((await connected({ url: control }, { ...owner, directory })).found).toMatchObject({
      base: control,
      key: 'the-key',
    });
    const ofAnother = { url: control, project: 'other-drover' };
    expect((await connected(ofAnother, { ...owner, directory })).found).toMatchObject({
      code: 'CONTROL_KEY_MISSING',
    });
    // The file alone sends nobody there.
    expect((await connected({}, { ...owner, directory })).found).toMatchObject({ base: url });
  });

  it.each<[string, ControlOptions, TestWorld, string]>([
    ['an address that is none', { url: 'frob' }, {}, 'WRONG_COMMAND_LINE'],
    [
      'one that would tell the key to everybody',
      { url: 'http://control.test' },
      {},
      'WRONG_COMMAND_LINE',
    ],
    ['one with a password in it', { url: 'https://a:b@control.test' }, {}, 'WRONG_COMMAND_LINE'],
    ['a key file that is not there', { url, keyFile: '/nowhere/key' }, {}, 'CONTROL_KEY_MISSING'],
    [
      'a key that no header can carry',
      { url },
      { environment: { DROVER_CONTROL_KEY: 'a\nb' } },
      'CONTROL_KEY_MISSING',
    ],
    [
      'nobody who is signed in',
      { project: 'acme-drover' },
      { gcloud: { 'config list': {} } },
      'unauthenticated',
    ],
    ['no gcloud and no project', {}, { gcloud: 'missing' }, 'PROJECT_MISSING'],
    [
      'no key in Secret Manager',
      { project: 'acme-drover' },
      { ...owner, api: {} },
      'CONTROL_KEY_MISSING',
    ],
    [
      'a key that may not be read',
      { project: 'acme-drover' },
      { ...owner, api: { [home]: 403 } },
      'CONTROL_KEY_MISSING',
    ],
  ])('ends with a code for %s', async (_what, options, world, code) => {
    const directory = directoryWith({});
    expect((await connected(options, { directory, ...world })).found).toMatchObject({ code });
  });
});
