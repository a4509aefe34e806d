import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { gcloudGoogle } from '../gcloud/gcloud.ts';
import { memoryStore } from '../local/engines/engine.ts';
import { createSecretsEngine, type SecretsEngine } from '../local/engines/secrets/index.ts';
import { secretManagerFetch } from '../rest/test-secret-manager.ts';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const gcloud = {
  'config list': {},
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'secrets create drover-lock': {},
  'secrets delete drover-lock': {},
};

const files = {
  ...projectFiles,
  '.drover/credentials/github_token/default/token': 'ghp_first\n',
  '.drover/credentials/github_webhook_secret/default/secret': 'hook-secret\n',
};

const hourMs = 3_600_000;
let now: number;
let engine: SecretsEngine;
/** Runs in flight, as Firestore has them. */
let runs: { id: string; launching: string }[];
/** Every request that was sent, with its body. */
let sent: string[];
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  const context = { now: () => now, random: Math.random, store: memoryStore() };
  engine = createSecretsEngine(context, { project: 'acme-drover' });
  runs = [];
  sent = [];
});

/** Google's APIs: a Secret Manager, and a Firestore with no release. */
const google: typeof fetch = async (input, init) => {
  const url = String(input);
  sent.push(`${init?.method} ${url} ${init?.body ?? ''}`);
  if (!url.startsWith('https://firestore.')) return secretManagerFetch(engine)(input, init);
  const readTime = new Date(now).toISOString();
  if (url.endsWith(':batchGet')) return Response.json([{ missing: 'x', readTime }]);
  return Response.json([
    { readTime },
    ...runs.map((run) => ({ document: documentOf(run), readTime })),
  ]);
};

function documentOf({ id, launching }: (typeof runs)[number]) {
  const text = (stringValue: string) => ({ stringValue });
  return {
    name: `projects/acme-drover/databases/(default)/documents/runs/${id}`,
    updateTime: launching,
    fields: {
      state: text('running'),
      credentialsDelivery: text('direct'),
      credentials: { arrayValue: { values: [text('github_token:default')] } },
      times: { mapValue: { fields: { launching: text(launching) } } },
    },
  };
}

async function run(args: readonly string[], world: TestWorld = {}) {
  const shell = testShell({ directory: directoryWith(files), gcloud, ...world });
  const here = {
    ...shell,
    google: (project: string) => gcloudGoogle({ project, run: shell.gcloud, fetch: google }),
  };
  const { exitCode } = await runCli([...args, '--project', 'acme-drover'], here, commands, '1');
  const [out, err] = [shell.shown('out'), shell.shown('err')];
  return { exitCode, out, err, last: JSON.parse(lastJson(out)) as { [field: string]: unknown } };
}

function lastJson(out: string): string {
  const line = out.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? line : '{}';
}

const changing = () => sent.filter((line) => /^(PATCH|DELETE|POST [^ ]*secretmanager)/.test(line));

describe('drover creds push', () => {
  it('puts what lies here into Secret Manager, and says what it was by fingerprints', async () => {
    const { exitCode, out, err } = await run(['creds', 'push']);
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toMatch(/^done .* credential github_token:default \(token is new: [0-9a-f]{8}\)$/m);
    expect(out).toMatch(/^github_token:default: token is new: .{8}; used by agent dev$/m);
    expect(engine.readSecret('drover-cred-github_token-default', 'token').toString()).toBe(
      'ghp_first',
    );
    expect(out).not.toContain('ghp_first');
    const again = await run(['creds', 'push']);
    expect(again.out).toContain('everything is in Secret Manager already\n');
  });

  it('takes one value from standard input, and no other way than that or a file', async () => {
    const name = 'github_token:work';
    const { exitCode, last } = await run(['creds', 'push', name, '--file', '-', '--json'], {
      input: 'ghp_work\n',
    });
    expect(exitCode).toBe(0);
    expect(last).toMatchObject({ ok: true, steps: [`credential ${name}`], dryRun: false });
    expect(engine.readSecret('drover-cred-github_token-work', 'token').toString()).toBe('ghp_work');
    expect(JSON.stringify(last)).not.toContain('ghp_work');
  });

  it.each([
    [['creds', 'push', 'github_token=ghp_typed'], /^WRONG_COMMAND_LINE: Argument 1 names no/],
    [['creds', 'push', 'a', 'b', '--file', '-'], /one credential/],
    [['creds', 'push', '--generate'], /one credential/],
    [['creds', 'push', 'github_token', '--field', 'token'], /--field goes with/],
    [
      ['creds', 'push', 'github_token', '--file', '-', '--field', 'token=ghp_x'],
      /--field names no/,
    ],
    [['creds', 'push', '--now'], /named/],
    [['creds', 'push', 'github_token:none'], /^CREDENTIAL_WRONG: .* lies nowhere/],
    [['creds', 'push', 'gateway_api_key', '--generate', '--file', '-'], /cannot be used with/],
    [['creds', 'rotate'], /Missing required argument/],
    [['creds', 'rotate', 'github_token'], /^CREDENTIALS_NOT_THERE: .* no value at all/],
    [['creds'], /^WRONG_COMMAND_LINE: /],
  ])('%j is refused, changes nothing, and repeats no value', async (args, words) => {
    const { exitCode, out, err } = await run(args, { input: 'ghp_new' });
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(words);
    expect(err).not.toContain('ghp_');
    expect(changing()).toEqual([]);
  });

  it('shows in a dry run what it would do, without an account too', async () => {
    const { exitCode, out } = await run(['creds', 'push', '--dry-run']);
    expect([exitCode, changing()]).toEqual([0, []]);
    expect(out).toContain(
      'POST https://secretmanager.googleapis.com/v1/projects/acme-drover/secrets/drover-cred-github_token-default:addVersion\n',
    );
    const offline = await run(['creds', 'push', '--dry-run'], { gcloud: {} });
    expect([offline.exitCode, changing()]).toEqual([0, []]);
    expect(offline.out).toContain('2 steps would be done\n');
  });
});

describe('drover creds rotate', () => {
  it('gives a field another value, and has the one before put away when nobody needs it', async () => {
    await run(['creds', 'push']);
    runs = [{ id: 'dev-aaaaaaaa', launching: new Date(now).toISOString() }];
    now += 1_000;
    const { exitCode, out } = await run(['creds', 'rotate', 'github_token'], {
      input: 'ghp_new\n',
    });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^github_token:default: token .{8} → .{8}; used by agent dev$/m);
    expect(out).toContain(
      '`drover creds push` puts the old versions away from 2026-01-01 01:00 UTC on.',
    );
    now += 2 * hourMs;
    const held = await run(['creds', 'push']);
    expect(held.out).toContain(
      'version 1 may be mounted by dev-aaaaaaaa, and stays until they are over',
    );
    expect(held.err).toContain('github_token:default is left as it is: this machine has an older');
    runs = [];
    await run(['creds', 'push']);
    const listed = await run(['creds', 'ls']);
    expect(listed.out).toContain('version 1 is disabled and goes 2026-01-08 02:00 UTC');
    expect(listed.out).toContain('an older one here');
    expect(engine.readSecret('drover-cred-github_token-default', 'token').toString()).toBe(
      'ghp_new',
    );
  });

  it('refuses the value that is there already', async () => {
    await run(['creds', 'push']);
    const { exitCode, err } = await run(['creds', 'rotate', 'github_token'], {
      input: 'ghp_first',
    });
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/^CREDENTIAL_WRONG: .*has already/)]);
  });

  it('makes a value up that nobody sees', async () => {
    await run(['creds', 'push']);
    const { exitCode, out, err } = await run([
      'creds',
      'rotate',
      'github_webhook_secret',
      '--generate',
    ]);
    expect(exitCode).toBe(0);
    const made = engine
      .readSecret('drover-cred-github_webhook_secret-default', 'secret')
      .toString();
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(out + err).not.toContain(made);
  });
});

describe('drover creds ls', () => {
  it.each([80, 40])('shows who uses which, in %i columns, and no value', async (columns) => {
    await run(['creds', 'push']);
    const { exitCode, out } = await run(['creds', 'ls'], { columns });
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^github_token:default\n {2}used by agent dev\n {2}token [0-9a-f]{8}, since/m,
    );
    expect(out).toContain('github_webhook_secret:default\n  used by webhook code\n');
    expect(out).not.toContain('drover_fingerprint');
    expect(out).not.toContain('ghp_first');
    const listed = out.split('\n').filter((line) => !line.startsWith('next: '));
    expect(Math.max(...listed.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('shows what is needed and is not there', async () => {
    const { last } = await run(['creds', 'ls', '--json']);
    expect(last.credentials).toMatchObject([
      { credential: 'github_token:default', isThere: false, usedBy: ['agent dev'] },
      { credential: 'github_webhook_secret:default', isThere: false, usedBy: ['webhook code'] },
    ]);
  });
});

describe('drover creds rm', () => {
  it('removes what a person agrees to, after saying who uses it', async () => {
    await run(['creds', 'push']);
    const refused = await run(['creds', 'rm', 'github_token'], { typed: ['no'] });
    expect([refused.exitCode, refused.err]).toEqual([
      2,
      expect.stringContaining('github_token:default (used by agent dev)'),
    ]);
    const args = ['creds', 'rm', 'github_token', 'pager', '--yes', '--json'];
    const { exitCode, last } = await run(args);
    expect(exitCode).toBe(0);
    expect(last).toMatchObject({ removed: ['github_token:default'], absent: ['pager:default'] });
    expect(() => engine.readSecret('drover-cred-github_token-default', 'token')).toThrow(
      /not found/,
    );
  });

  it('takes none away from runs that have it mounted, but where that is asked for', async () => {
    await run(['creds', 'push']);
    runs = [{ id: 'dev-aaaaaaaa', launching: new Date(now).toISOString() }];
    const { exitCode, err } = await run(['creds', 'rm', 'github_token', '--yes']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^CREDENTIAL_IN_USE: .*\n {2}github_token:default: dev-aaaaaaaa\n/);
    expect(sent.some((line) => line.startsWith('DELETE'))).toBe(false);
    expect((await run(['creds', 'rm', 'github_token', '--yes', '--now'])).exitCode).toBe(0);
  });
});
