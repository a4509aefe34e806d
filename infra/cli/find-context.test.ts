import { afterAll, describe, expect, it } from 'vitest';
import { findContext } from './find-context.ts';
import { jsonPrinter } from './print-json.ts';
import type { CommonOptions } from './session.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { notSignedIn, type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const settings = { core: { account: 'octavia@acme.test', project: 'of-gcloud' } };
const described = { projectNumber: '123456789012', lifecycleState: 'ACTIVE' };
const signedIn = { 'config list': settings, 'projects describe': described };

function finding(world: TestWorld, files = projectFiles) {
  const shell = testShell({ directory: directoryWith(files), ...world });
  const session = { shell, printer: jsonPrinter(shell), signal: new AbortController().signal };
  const find = (options: CommonOptions = {}, needs: 'agents' | 'nothing' = 'agents') =>
    findContext(session, options, needs);
  return { shell, find };
}

describe('what a command works with', () => {
  it('is the project in the directory, in the Google Cloud project that gcloud has', async () => {
    const { shell, find } = finding({ gcloud: signedIn });
    const { deployment, project, directory, isOffline } = await find();
    expect(deployment).toEqual({
      project: 'of-gcloud',
      region: 'us-central1',
      projectNumber: '123456789012',
      agents: [{ agent: 'dev', homeSecrets: ['drover-cred-github_token-default'] }],
      operators: ['octavia@acme.test'],
      viewers: [],
    });
    expect([project?.name, directory, isOffline]).toEqual(['herd', shell.directory, false]);
  });

  it('is what drover.toml says, in another directory than this one too', async () => {
    const directory = directoryWith({
      ...projectFiles,
      'drover.toml':
        'project = "of-file"\nregion = "europe-west1"\noperators = []\nviewers = ["a@b.test"]\nalerts = ["c@b.test"]\ntraces = "https://collector.test:4318"\n',
    });
    const { find } = finding({ gcloud: signedIn }, {});
    const { deployment } = await find({ directory });
    expect(deployment).toMatchObject({
      project: 'of-file',
      region: 'europe-west1',
      operators: [],
      viewers: ['a@b.test'],
      alerts: ['c@b.test'],
      traces: 'https://collector.test:4318',
    });
  });

  it('has agents, or says what is wrong with the project', async () => {
    const { find } = finding({ gcloud: signedIn }, { 'agents/dev/config.toml': 'scale = "x"\n' });
    await expect(find()).rejects.toMatchObject({
      code: 'WRONG_PROJECT_FILES',
      details: [expect.stringContaining('agents/')],
    });
    expect((await find({}, 'nothing')).deployment.agents).toEqual([]);
  });

  it('is not guessed where files that are wrong may name another place', async () => {
    const files = { 'config.toml': 'scale = "x"\n' };
    const { find } = finding({ gcloud: signedIn }, files);
    await expect(find({}, 'nothing')).rejects.toMatchObject({ code: 'WRONG_PROJECT_FILES' });
    const named = { project: 'acme-drover', region: 'europe-west1' };
    expect((await find(named, 'nothing')).deployment).toMatchObject(named);
  });

  it.each([
    [notSignedIn, 'NOT_SIGNED_IN'],
    [
      'ERROR: (gcloud.projects.describe) PERMISSION_DENIED: The caller does not have permission',
      'PROJECT_NOT_FOUND',
    ],
    [{ projectNumber: '1', lifecycleState: 'DELETE_REQUESTED' }, 'PROJECT_NOT_FOUND'],
    ['ERROR: gcloud crashed (ConnectionError): Max retries exceeded', 'GOOGLE_UNAVAILABLE'],
  ])('cannot be found where gcloud says %j', async (answer, code) => {
    const { find } = finding({ gcloud: { ...signedIn, 'projects describe': answer } });
    const { failureOf } = await import('./failure-of.ts');
    expect(failureOf(await find().catch((error: unknown) => error)).code).toBe(code);
  });

  it('goes on in a dry run where nobody is signed in or there is no gcloud, and says so', async () => {
    for (const gcloud of [{ 'config list': settings }, 'missing'] as const) {
      const { shell, find } = finding({ gcloud });
      const { deployment, isOffline } = await find({ project: 'acme-drover', dryRun: true });
      expect([isOffline, deployment.projectNumber]).toEqual([true, 'PROJECT_NUMBER']);
      expect(shell.shown('out')).toContain('Google could not be asked');
    }
  });

  it('does not go on in a dry run where Google knows no such project', async () => {
    const refused = 'ERROR: (gcloud.projects.describe) NOT_FOUND: no such project';
    const { find } = finding({ gcloud: { ...signedIn, 'projects describe': refused } });
    await expect(find({ dryRun: true })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  });

  it('adds its project to the commands that are told of', async () => {
    const { shell, find } = finding({ gcloud: signedIn });
    const { print } = await find();
    print({ kind: 'command', title: 'x', command: { tool: 'gcloud', args: ['x'] } });
    expect(shell.shown('out')).toContain('gcloud x --project=of-gcloud');
  });
});

describe('what cannot be undone', () => {
  it.each([
    [['of-gcloud'], undefined],
    [[' of-gcloud '], undefined],
    [['of-gclod'], 'NOT_CONFIRMED'],
    [['y'], 'NOT_CONFIRMED'],
    [[], 'NOT_CONFIRMED'],
  ])('is agreed to by typing the project: %j', async (typed, code) => {
    const { shell, find } = finding({ gcloud: signedIn, typed });
    const { confirm } = await find();
    const refused = await confirm('All of it goes.').catch((error: unknown) => error);
    expect((refused as { code?: string } | undefined)?.code).toBe(code);
    expect(shell.shown('err')).toContain('All of it goes.\nType of-gcloud to go on: ');
  });

  it('is agreed to by --yes, and nobody is asked', async () => {
    const { shell, find } = finding({ gcloud: signedIn });
    const { confirm } = await find({ yes: true });
    await confirm('All of it goes.');
    expect(shell.shown('err')).toBe('');
  });
});
