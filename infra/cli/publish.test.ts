import { afterAll, describe, expect, it } from 'vitest';
import { contentsOf, releaseId } from '../../shared/projects/release-format.ts';
import { projectOf } from '../../test/project.ts';
import { readProject } from '../project-files.ts';
import { toJson } from '../rest/values.ts';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const base =
  'https://firestore.googleapis.com/v1/projects/acme-drover/databases/(default)/documents';
const root = 'projects/acme-drover/databases/(default)/documents';
const secrets = 'https://secretmanager.googleapis.com/v1/projects/acme-drover/secrets';
const updateTime = '2026-01-01T00:00:00Z';
const readTime = '2026-01-02T00:00:00Z';

/** Signed in, with a billing account, and a project in which every list is empty. */
const gcloud = {
  '': [],
  'config list': { core: { account: 'ada@example.com' } },
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'billing projects describe': { billingEnabled: true },
};
/** A project whose agent names its image, so that nothing has to be built. */
const files = {
  ...projectFiles,
  'agents/dev/config.toml': `image = "example.com/dev:1"\n${projectFiles['agents/dev/config.toml']}`,
};
const filed = {
  '.drover/credentials/github_webhook_secret/default/secret': 'x',
  '.drover/credentials/github_token/default/token': 'x',
};
const withSecrets = {
  [`GET ${secrets}/`]: { name: 'x/secrets/y', versionAliases: { token: '1' } },
  [`GET ${secrets}/drover-cred-github_token-default/versions`]: version(),
  [`GET ${secrets}/drover-cred-github_webhook_secret-default/versions`]: version(),
};

function version() {
  return { versions: [{ name: 'x/versions/1', state: 'ENABLED' }] };
}

/** The answer to a read of documents, which does not look at what was asked for: every one is this, or none is there. */
function found(data?: object) {
  const name = `${root}/project/current`;
  if (data === undefined) return [{ missing: name, readTime }];
  const { mapValue } = toJson(data as never) as { mapValue: { fields: object } };
  return [{ found: { name, fields: mapValue.fields, updateTime }, readTime }];
}

async function run(args: readonly string[], world: TestWorld, given: object = files) {
  const directory = directoryWith({ ...given, ...filed });
  const shell = testShell({ directory, gcloud, environment: { HOME: directory }, ...world });
  const line = [...args, '--project', 'acme-drover', '--region', 'europe-west1'];
  const { exitCode } = await runCli(line, shell, commands, '1');
  const commits = shell.asked.filter((each) => each.includes(':commit'));
  return {
    exitCode,
    commits,
    asked: shell.asked,
    out: shell.shown('out'),
    err: shell.shown('err'),
  };
}

describe('drover publish', () => {
  it('publishes what is in the directory once the answer is yes, in one commit', async () => {
    const api = {
      ...withSecrets,
      [`POST ${base}:batchGet`]: found(),
      // What one may do is not always to be known.
      'POST https://cloudresourcemanager.googleapis.com/': 403,
      [`POST ${base}:commit`]: { writeResults: [], commitTime: readTime },
    };
    const { exitCode, out, err, commits } = await run(['publish'], { api, typed: ['y'] });
    expect([exitCode, commits.length]).toEqual([0, 1]);
    expect(out).toMatch(/^done .* Create service account drover-a-dev$/m);
    expect(out).toContain('+ agent dev\n    image        + example.com/dev:1\n');
    expect(out).toMatch(/^published [0-9a-f]{12}: 1 agent added, the project itself changed$/m);
    expect(err).toContain(
      'Publish this to acme-drover: 1 agent added, the project itself changed? [y/N] ',
    );
  });

  it.each([[['n']], [['']], [[]]])('changes nothing where the answer is %j', async (typed) => {
    const api = { ...withSecrets, [`POST ${base}:batchGet`]: found() };
    const { exitCode, err, commits } = await run(['publish'], { api, typed });
    expect([exitCode, commits]).toEqual([2, []]);
    expect(err).toContain('NOT_CONFIRMED: ');
    expect(err).toContain('say --yes');
  });

  it('says that it is current already where it is, and asks nothing', async () => {
    const parsed = readProject(directoryWith(files), () => '');
    if (!parsed.ok) throw new Error('no project');
    const { name: _, ...project } = parsed.project;
    const whole = { ...parsed.project, name: 'herd' };
    expect(project.agents.dev).toBeDefined();
    const release = releaseId(whole);
    // The one answer is both the pointer and the release that it points at.
    const both = { ...whole, release, publishedAt: updateTime, format: 1, history: [] };
    const api = { ...withSecrets, [`POST ${base}:batchGet`]: found(both) };
    const { exitCode, out, commits } = await run(['publish'], { api, typed: [] });
    expect([exitCode, commits]).toEqual([0, []]);
    expect(out).toContain(`release ${release} is current already\n`);
    expect(contentsOf(both).agents.dev?.image).toBe('example.com/dev:1');
  });

  it('asks Google nothing where the files are wrong, and names every line', async () => {
    const wrong = { ...files, 'agents/dev/config.toml': 'scale = "many"\nnonsense = 1\n' };
    const { exitCode, err, asked } = await run(['publish', '--yes'], {}, wrong);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(err).toContain('WRONG_PROJECT_FILES: ');
    expect(err).toContain('agents/dev/config.toml:1: scale');
    expect(err).toContain('agents/dev/config.toml:2: nonsense');
  });

  it('is refused where Secret Manager lacks a credential, and says how it gets there', async () => {
    const api = { [`POST ${base}:batchGet`]: found() };
    const { exitCode, err, commits } = await run(['publish', '--yes'], { api });
    expect([exitCode, commits]).toEqual([2, []]);
    expect(err).toContain('CREDENTIALS_NOT_THERE: Secret Manager lacks 2 credentials');
    expect(err).toContain('What to do: Run `drover creds push`');
  });

  it('says that nothing is set up where it is not', async () => {
    const refused = 'ERROR: (gcloud.iam.service-accounts.describe) NOT_FOUND: Unknown account';
    const bare = { ...gcloud, 'iam service-accounts describe': refused };
    const { exitCode, err } = await run(['publish', '--yes'], { gcloud: bare });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('NOT_PROVISIONED: ')]);
  });

  it('says that there is no database where there is none', async () => {
    const { exitCode, err } = await run(['publish', '--yes'], { api: withSecrets });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('NOT_PROVISIONED: ')]);
  });

  it('cannot say what is published where nobody is signed in', async () => {
    const { exitCode, err } = await run(['publish', '--dry-run'], { gcloud: 'missing' });
    expect([exitCode, err]).toEqual([1, expect.stringContaining('NOT_SIGNED_IN: ')]);
  });

  it('refuses a reason that would not be kept whole, before anything else', async () => {
    const { exitCode, err, asked } = await run(['publish', '--why', 'x'.repeat(501)], {});
    expect([exitCode, asked]).toEqual([2, []]);
    expect(err).toContain('WRONG_COMMAND_LINE: ');
  });

  it('--rollback goes nowhere where nothing is published', async () => {
    const api = { [`POST ${base}:batchGet`]: found() };
    for (const args of [
      ['publish', '--rollback', '--yes'],
      ['publish', '--rollback', 'x', '--yes'],
    ]) {
      const { exitCode, err, commits } = await run(args, { api });
      expect([exitCode, commits]).toEqual([2, []]);
      expect(err).toContain('NOTHING_TO_ROLL_BACK: No project is published yet.');
    }
  });
});

describe('drover releases', () => {
  const row = (id: string, data: object) => {
    const { mapValue } = toJson(data as never) as { mapValue: { fields: object } };
    return {
      document: { name: `${root}/releases/${id}`, fields: mapValue.fields, updateTime },
      readTime,
    };
  };
  const made = { ...projectOf({ dev: {} }), publishedAt: updateTime, format: 1, drover: '1.2.3' };
  const ofOthers = {
    publishedAt: updateTime,
    format: 9,
    drover: '9.0.0',
    publishedBy: 'bob@example.com',
  };
  const api = {
    [`POST ${base}:runQuery`]: [row('aaaaaaaaaaaa', ofOthers), row('bbbbbbbbbbbb', made)],
    [`POST ${base}:batchGet`]: found({ ...made, release: 'bbbbbbbbbbbb' }),
  };

  it('ls lists them in a table that fits, and for programs', async () => {
    const wide = await run(['releases', 'ls'], { api });
    expect(wide.exitCode).toBe(0);
    expect(wide.out).toMatch(/^bbbbbbbbbbbb {2}\* /m);
    expect(wide.out).toMatch(/^aaaaaaaaaaaa .*bob@example\.com +cannot be/m);
    const environment = { COLUMNS: '40' };
    const narrow = await run(['releases', 'ls'], { api, environment });
    const table = narrow.out.split('\n').filter((line) => !line.startsWith('next: '));
    for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
    const { out } = await run(['releases', 'ls', '--json'], { api });
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'result',
      releases: [
        { release: 'aaaaaaaaaaaa', agents: null, publishedBy: 'bob@example.com' },
        { release: 'bbbbbbbbbbbb', agents: ['dev'], isCurrent: true },
      ],
    });
  });

  it.each(['0', '101', 'many', '-1'])('ls refuses --limit %s', async (limit) => {
    const { exitCode, err } = await run(['releases', 'ls', `--limit=${limit}`], { api });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('WRONG_COMMAND_LINE: ')]);
  });

  it('get shows one, and whole for programs', async () => {
    const shown = await run(['releases', 'get', 'bbbbbbbbbbbb'], { api });
    expect(shown.out).toContain('release    bbbbbbbbbbbb, current\n');
    expect(shown.out).toContain('agent dev\n    image        agents/test\n');
    const { out } = await run(['releases', 'get', '--json'], { api });
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      id: 'bbbbbbbbbbbb',
      isCurrent: true,
      release: { agents: { dev: { image: 'agents/test' } } },
    });
  });

  it.each(['ls', 'get'])('%s says what Google refuses, and what to do', async (name) => {
    const refused = { [`POST ${base}:batchGet`]: 403 };
    const { exitCode, err } = await run(['releases', name], { api: refused });
    expect([exitCode, err]).toEqual([1, expect.stringContaining('PERMISSION_MISSING: ')]);
  });

  it('get says which Drover made one that cannot be read', async () => {
    const unreadable = {
      [`POST ${base}:batchGet`]: found({ ...ofOthers, release: 'aaaaaaaaaaaa' }),
    };
    const { exitCode, err } = await run(['releases', 'get'], { api: unreadable });
    expect([exitCode, err]).toEqual([2, expect.stringContaining('Drover 9.0.0 made it')]);
  });
});
