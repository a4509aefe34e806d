import { afterAll, describe, expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { notSignedIn, type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const empty = {
  '': [],
  'config list': {},
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'billing projects describe': { billingEnabled: true },
};
/** A project in which the services are on and one identity is there, and nothing else. */
const begun = {
  ...empty,
  'services list': [
    'run cloudfunctions cloudbuild artifactregistry cloudtasks cloudscheduler firestore firebaserules',
    'secretmanager pubsub logging iam cloudresourcemanager storage',
  ]
    .join(' ')
    .split(' ')
    .map((name) => ({ config: { name: `${name}.googleapis.com` }, state: 'ENABLED' })),
  'logging sinks describe': { writerIdentity: 'serviceAccount:sink@acme.iam.gserviceaccount.com' },
  'iam service-accounts list': [
    { email: 'drover-tick@acme-drover.iam.gserviceaccount.com', displayName: 'Drover tick' },
  ],
};
/** APIs that do what they are told, and do not say what one may. */
const doing = {
  'POST https://firestore.googleapis.com/': 404,
  'POST https://': { name: 'it' },
  'PATCH https://': { name: 'it' },
  'POST https://cloudresourcemanager.googleapis.com/v1/projects/acme-drover:testIamPermissions': 403,
};
const changing = /^(gcloud .*\b(create|delete|update|deploy|enable)\b|DELETE|PATCH)/;

async function run(args: readonly string[], world: TestWorld) {
  const home = directoryWith({});
  const shell = testShell({
    directory: directoryWith(projectFiles),
    environment: { HOME: home },
    ...world,
  });
  const line = ['doctor', ...args, '--project', 'acme-drover', '--json'];
  const { exitCode } = await runCli(line, shell, commands, '1');
  const lines = shell.shown('out').trimEnd().split('\n');
  const result = JSON.parse(lines.at(-1) ?? '{}') as {
    findings?: { code: string; mend: string[]; isFixable: boolean }[];
    next?: string;
  };
  return {
    exitCode,
    codes: [...new Set((result.findings ?? []).map(({ code }) => code))],
    result,
    lines,
    asked: shell.asked,
    changes: shell.asked.filter((each) => changing.test(each)),
  };
}

describe('drover doctor', () => {
  it('--offline asks nobody, and ends with 0 where there are warnings only', async () => {
    const { exitCode, codes, asked } = await run(['--offline'], { gcloud: 'missing' });
    expect([exitCode, asked]).toEqual([0, []]);
    expect(codes).toEqual(['PROJECT_FILES_NOTE', 'CREDENTIAL_NOT_HERE']);
  });

  it('ends with 3 where a file is wrong, and names its line', async () => {
    const directory = directoryWith({
      ...projectFiles,
      'agents/dev/config.toml': 'schedule = "61 * * * *"\n',
    });
    const { exitCode, codes, result } = await run(['--offline'], { directory });
    expect([exitCode, codes]).toEqual([3, expect.arrayContaining(['PROJECT_FILES_WRONG'])]);
    expect(result.findings).toContainEqual(
      expect.objectContaining({ subject: 'agents/dev/config.toml:1', severity: 'error' }),
    );
  });

  it.each([
    ['missing' as const, 'GCLOUD_MISSING'],
    [{ ...empty, 'projects describe': notSignedIn }, 'NOT_SIGNED_IN'],
    [
      { ...empty, 'projects describe': 'ERROR: (gcloud.projects.describe) NOT_FOUND: no' },
      'PROJECT_NOT_FOUND',
    ],
    [{ ...empty, 'billing projects describe': { billingEnabled: false } }, 'BILLING_OFF'],
  ])('tells what keeps it from looking as a finding of its own', async (gcloud, code) => {
    const { exitCode, codes, changes } = await run([], { gcloud });
    expect([exitCode, changes]).toEqual([3, []]);
    expect(codes).toContain(code);
  });

  it('says of an empty project that it is not provisioned, and changes nothing', async () => {
    const { exitCode, result, changes } = await run([], { gcloud: empty });
    expect([exitCode, changes]).toEqual([3, []]);
    expect(result.findings).toContainEqual(
      expect.objectContaining({
        code: 'NOT_PROVISIONED',
        mend: ['drover provision', 'drover deploy'],
      }),
    );
    expect(result.next).toMatch(/^`drover doctor --fix` mends 1 of /);
  });

  it('--fix does what is ours, and says what it left', async () => {
    const shown = await run(['--fix', '--dry-run'], { gcloud: begun, api: doing });
    expect([shown.exitCode, shown.changes]).toEqual([3, []]);
    expect(shown.lines.join('\n')).toContain('gcloud tasks queues create drover-poll ');
    expect(shown.lines.join('\n')).toContain('.net/drover-webhook/webhooks/code"');
    expect(shown.codes).toEqual(expect.arrayContaining(['QUEUE_MISSING', 'FUNCTION_MISSING']));

    const done = await run(['--fix'], { gcloud: begun, api: doing });
    expect(done.changes).toContainEqual(
      expect.stringMatching(/^gcloud tasks queues create drover-poll /),
    );
    expect(done.changes.join('\n')).not.toMatch(/functions deploy|scheduler jobs create/);
    // This Google forgets what it is told: what is asked for again is not there.
    expect([done.exitCode, done.codes]).toEqual([3, expect.arrayContaining(['QUEUE_MISSING'])]);
    expect(done.result.next).toBe('do what is said above, then `drover doctor` again.');
  });

  it('--fix changes nothing where it may not, and still tells what it found', async () => {
    const api = { 'POST https://cloudresourcemanager.googleapis.com/': { permissions: [] } };
    const { exitCode, codes, changes } = await run(['--fix'], { gcloud: begun, api });
    expect([exitCode, changes]).toEqual([3, []]);
    expect(codes).toEqual(expect.arrayContaining(['QUEUE_MISSING', 'PERMISSION_MISSING']));
  });

  it('--fix removes nothing where the files of the project cannot be read', async () => {
    const directory = directoryWith({ 'config.toml': 'projectName = 1\n' });
    const { changes, codes, lines } = await run(['--fix', '--region', 'us-central1'], {
      directory,
      gcloud: begun,
    });
    expect(changes).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining(['PROJECT_FILES_WRONG', 'QUEUE_MISSING']));
    expect(codes).not.toContain('NOT_NEEDED');
    expect(lines.join('\n')).toContain('nothing was mended');
  });

  it('refuses to mend what it may not look at', async () => {
    const { exitCode } = await run(['--fix', '--offline'], {});
    expect(exitCode).toBe(2);
  });
});
