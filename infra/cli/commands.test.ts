import { afterAll, describe, expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

/** A project in which every list is empty. */
const empty = {
  '': [],
  'config list': {},
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'billing projects describe': { billingEnabled: true },
};
const credential = { name: 'projects/1/secrets/drover-cred-x', labels: { drover: 'credential' } };
/** A project with a credential that is there whatever happens. */
const withStubborn = { ...empty, 'secrets list': [credential] };
/** A project with a credential, until it is deleted. */
function withSecret() {
  const secrets = [credential];
  return {
    ...empty,
    'secrets list': secrets,
    get 'secrets delete drover-cred-x'() {
      secrets.length = 0;
      return [];
    },
  };
}
/** What a command line does that changes something. */
const changing = /^(gcloud .*\b(create|delete|update|update-traffic|deploy|enable)\b|DELETE|PATCH)/;

async function run(args: readonly string[], world: TestWorld) {
  const shell = testShell({ directory: directoryWith(projectFiles), ...world });
  const { exitCode } = await runCli([...args, '--project', 'acme-drover'], shell, commands, '1');
  const changes = shell.asked.filter(
    (line) => changing.test(line) && !line.includes('drover-lock'),
  );
  return { exitCode, changes, out: shell.shown('out'), err: shell.shown('err') };
}

describe('drover teardown', () => {
  it('removes what is there once the project was typed', async () => {
    const { exitCode, changes, out, err } = await run(['teardown'], {
      gcloud: withSecret(),
      typed: ['acme-drover'],
    });
    expect([exitCode, err]).toEqual([
      0,
      expect.stringMatching(
        /^1 resource is removed from acme-drover: 1 secret\. All runs, credentials and keys go\.\n/,
      ),
    ]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatch(/^gcloud secrets delete drover-cred-x /);
    expect(out).toContain('removed 1 resource of Drover in acme-drover\n');
    expect(out).toContain('gs://acme-drover_cloudbuild');
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      'next: nothing. `gcloud projects delete acme-drover` removes the project itself.',
    );
  });

  it.each([[['acme-other']], [['yes']], [[]]])(
    'changes nothing where %j was typed',
    async (typed) => {
      const { exitCode, changes, err } = await run(['teardown'], { gcloud: withSecret(), typed });
      expect([exitCode, changes]).toEqual([2, []]);
      expect(err).toContain('NOT_CONFIRMED: ');
    },
  );

  it('asks nobody with --yes, keeps data where it is told to, and shows in a dry run', async () => {
    const gone = await run(['teardown', '--yes'], { gcloud: withSecret(), typed: [] });
    expect(gone.changes).not.toEqual([]);
    const world = { gcloud: withSecret(), typed: [] };
    const kept = await run(['teardown', '--yes', '--keep-data'], world);
    expect(kept).toMatchObject({ exitCode: 0, changes: [], err: '' });
    expect(kept.out).toContain('nothing of Drover is in acme-drover but the data');
    const dry = await run(['teardown', '--dry-run'], world);
    expect(dry).toMatchObject({ exitCode: 0, changes: [], err: '' });
    expect(dry.out).toContain('gcloud secrets delete drover-cred-x --project=acme-drover\n');
  });

  it('does not say that it removed what is still there after the third time', async () => {
    const world = { gcloud: withStubborn, typed: [] };
    const { exitCode, changes, err, out } = await run(['teardown', '--yes'], world);
    expect([exitCode, changes.length]).toEqual([1, 3]);
    expect(err).toContain('NOT_SETTLED: ');
    expect(err).toContain('Remove secret drover-cred-x');
    expect(out).not.toContain('removed 1');
  });

  it('says that it cannot know what to remove where nobody is signed in', async () => {
    const { exitCode, err } = await run(['teardown', '--dry-run'], { gcloud: 'missing' });
    expect([exitCode, err]).toEqual([1, expect.stringContaining('NOT_SIGNED_IN: ')]);
  });
});

describe('drover deploy', () => {
  const service = (name: string, latest: string, ...shares: [string, number][]) => ({
    name: `x/services/drover-${name}`,
    latestReadyRevision: `x/revisions/${latest}`,
    latestCreatedRevision: `x/revisions/${latest}`,
    traffic: shares.map(([revision, percent]) => ({ revision, percent })),
  });
  const services =
    'GET https://run.googleapis.com/v2/projects/acme-drover/locations/us-central1/services';
  const api = {
    [services]: {
      services: [
        service('webhook', 'webhook-2', ['webhook-2', 10], ['webhook-1', 90]),
        service('gateway', 'gateway-2', ['gateway-2', 10], ['gateway-1', 90]),
      ],
    },
  };

  it('--promote and --rollback move the traffic of webhook and gateway', async () => {
    const promoted = await run(['deploy', '--promote'], { gcloud: empty, api });
    expect(promoted.exitCode).toBe(0);
    expect(promoted.changes).toEqual([
      expect.stringMatching(/^gcloud run services update-traffic drover-webhook .*--to-latest/),
      expect.stringMatching(/^gcloud run services update-traffic drover-gateway .*--to-latest/),
    ]);
    const back = await run(['deploy', '--rollback', '--function', 'webhook'], {
      gcloud: empty,
      api,
    });
    expect(back.changes).toEqual([
      expect.stringMatching(/update-traffic drover-webhook .*--to-revisions=webhook-1=100/),
    ]);
    const dry = await run(['deploy', '--rollback', '--dry-run'], { gcloud: empty, api });
    expect([dry.exitCode, dry.changes]).toEqual([0, []]);
    expect(dry.out).toContain('would go to the version before the newest');
  });

  it('rolls nothing back where one of the functions has nothing to go back to', async () => {
    const only = { services: [service('webhook', 'webhook-1', ['webhook-1', 100])] };
    const { exitCode, changes, err } = await run(['deploy', '--rollback'], {
      gcloud: empty,
      api: { [services]: only, [`${services}/`]: { revisions: [] } },
    });
    expect([exitCode, changes]).toEqual([2, []]);
    expect(err).toContain('NOTHING_TO_ROLL_BACK: There is no other version of webhook and gateway');
  });

  it('deploys no function alone', async () => {
    const { exitCode, changes, err } = await run(['deploy', '--function', 'webhook'], {
      gcloud: empty,
    });
    expect([exitCode, changes]).toEqual([2, []]);
    expect(err).toContain('WRONG_COMMAND_LINE: --function goes with --promote and --rollback');
  });

  it('says that the place must be provisioned first, and uploads nothing', async () => {
    const refused =
      'ERROR: (gcloud.iam.service-accounts.describe) NOT_FOUND: Unknown service account';
    const gcloud = { ...empty, 'iam service-accounts describe': refused };
    const { exitCode, changes, err } = await run(['deploy'], { gcloud });
    expect([exitCode, changes]).toEqual([2, []]);
    expect(err).toMatch(/^NOT_PROVISIONED: .*\nWhat to do: Run `drover provision`/);
  });
});

describe('drover provision --format terraform', () => {
  it('prints Terraform and nothing beside it, with no account', async () => {
    const { exitCode, out, err } = await run(['provision', '--format', 'terraform'], {
      gcloud: 'missing',
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('resource "google_cloud_tasks_queue"');
    expect(out).not.toContain('next: ');
    expect(err).toContain('next: ');
  });
});
