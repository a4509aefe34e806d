import { afterAll, describe, expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const services = [
  'run cloudfunctions cloudbuild artifactregistry cloudtasks cloudscheduler firestore firebaserules',
  'secretmanager pubsub logging monitoring iam cloudresourcemanager storage',
];
/** A project in which the services are on, and these identities. */
const withAccounts = (...ids: string[]) => ({
  '': [],
  'config list': { core: { account: 'bob@acme.test' } },
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'billing projects describe': { billingEnabled: true },
  'services list': services
    .join(' ')
    .split(' ')
    .map((name) => ({ config: { name: `${name}.googleapis.com` }, state: 'ENABLED' })),
  'logging sinks describe': { writerIdentity: 'serviceAccount:sink@acme.iam.gserviceaccount.com' },
  'iam service-accounts list': ids.map((id) => ({
    email: `${id}@acme-drover.iam.gserviceaccount.com`,
    displayName: `Drover agent ${id}`,
  })),
});

const functions =
  'GET https://cloudfunctions.googleapis.com/v2/projects/acme-drover/locations/-/functions';
const documents =
  'https://firestore.googleapis.com/v1/projects/acme-drover/databases/(default)/documents';
const root = documents.slice(documents.indexOf('projects'));
const deployedIn = (region: string, operators = 'ada@acme.test,eve@acme.test') => ({
  functions: [
    {
      name: `projects/acme-drover/locations/${region}/functions/drover-control`,
      labels: { drover: 'deployment' },
      serviceConfig: { environmentVariables: { DROVER_CONTROL_OPERATORS: operators } },
    },
    { name: `projects/acme-drover/locations/us-west1/functions/of-another`, labels: {} },
  ],
});

/** A Firestore in which the release has the agent `veteran`. */
const veteran = {
  mapValue: {
    fields: { skill: { stringValue: 'Stay.' }, image: { stringValue: 'example.com/veteran:1' } },
  },
};
function firestore(collectionIds: string[] = []) {
  let asked = 0;
  const fields = (): object[] => {
    asked += 1;
    const found =
      asked % 2 === 1
        ? { release: { stringValue: 'first' } }
        : {
            name: { stringValue: 'herd' },
            publishedAt: { stringValue: '2026-01-01T00:00:00Z' },
            agents: { mapValue: { fields: { veteran } } },
          };
    const name = `${root}/${asked % 2 === 1 ? 'project/current' : 'releases/first'}`;
    const updateTime = '2026-01-01T00:00:00Z';
    return [{ found: { name, fields: found, updateTime }, readTime: updateTime }];
  };
  return {
    get [`POST ${documents}:batchGet`]() {
      return fields();
    },
    [`POST ${documents}:listCollectionIds`]: { collectionIds },
  };
}

const permissions =
  'POST https://cloudresourcemanager.googleapis.com/v1/projects/acme-drover:testIamPermissions';
const changing = /^(gcloud .*\b(create|delete|update|deploy|enable)\b|DELETE|PATCH)/;

async function run(args: readonly string[], world: TestWorld) {
  // What one may do is not told.
  const api = Object.defineProperties(
    { [permissions]: 403 },
    Object.getOwnPropertyDescriptors(world.api ?? {}),
  );
  const shell = testShell({ directory: directoryWith(projectFiles), ...world, api });
  const line = [...args, '--project', 'acme-drover'];
  const { exitCode } = await runCli(line, shell, commands, '1');
  const changes = shell.asked.filter((each) => changing.test(each));
  return { exitCode, changes, out: shell.shown('out'), err: shell.shown('err') };
}

describe('an agent that only the current release has', () => {
  const accounts = withAccounts('drover-webhook', 'drover-a-veteran', 'drover-a-ghost');

  it.each(['provision', 'doctor'])(
    'keeps its identity when %s works from other files',
    async (name) => {
      const fix = name === 'doctor' ? ['--fix'] : [];
      const { out, err } = await run([name, '--dry-run', ...fix], {
        gcloud: accounts,
        api: firestore(),
      });
      expect(out + err).toContain('service-accounts delete drover-a-ghost@');
      expect(out + err).not.toContain('service-accounts delete drover-a-veteran@');
    },
  );

  it('and any other keep theirs where the account may not read which release that is', async () => {
    const api = { [`POST ${documents}:batchGet`]: 403 };
    const { out, err, exitCode } = await run(['provision', '--dry-run'], { gcloud: accounts, api });
    expect(exitCode).toBe(0);
    expect(out + err).toContain(
      'the current release cannot be read: nothing that it may need is removed',
    );
    expect(out).toContain('service-accounts create drover-tick');
    expect(out).not.toContain('service-accounts delete');
  });
});

describe('a database that something else uses', () => {
  const name = 'projects/acme-drover/databases/(default)';
  const gcloud = {
    ...withAccounts(),
    'firestore databases list': [{ name, type: 'FIRESTORE_NATIVE' }],
  };
  const api = {
    [`POST ${documents}:batchGet`]: [{ missing: 'x' }],
    [`POST ${documents}:listCollectionIds`]: { collectionIds: ['customers'] },
  };

  it('is not touched by a first provision, nor is anything else', async () => {
    const { exitCode, changes, err } = await run(['provision'], { gcloud, api });
    expect([exitCode, changes]).toEqual([2, []]);
    expect(err).toMatch(/^DATABASE_OF_OTHERS: .*acme-drover/m);
    expect(err).toContain('It has the collections customers.');
    expect(err).toContain('--share-database');
  });

  it('is shared where a person says so', async () => {
    const line = ['provision', '--dry-run', '--share-database'];
    const { exitCode, out } = await run(line, { gcloud, api });
    expect(exitCode).toBe(0);
    expect(out).toContain('/collectionGroups/events/fields/expireAt');
  });
});

describe('a region that is another than it was', () => {
  const gcloud = withAccounts('drover-webhook');
  const api = { [functions]: deployedIn('europe-west1') };

  it.each(['provision', 'deploy', 'doctor'])(
    'is refused by %s before anything is done',
    async (name) => {
      const { exitCode, changes, out, err } = await run([name], { gcloud, api });
      expect([exitCode, changes]).toEqual([name === 'doctor' ? 3 : 2, []]);
      expect(out + err).toContain('OTHER_REGION');
      expect(out + err).toContain('drover teardown --keep-data --region europe-west1');
    },
  );

  it('is the same again when it is named', async () => {
    const line = ['provision', '--dry-run', '--region', 'europe-west1'];
    expect((await run(line, { gcloud, api })).exitCode).toBe(0);
  });

  it('is named by a teardown, which leaves it', async () => {
    const { exitCode, out } = await run(['teardown', '--dry-run'], { gcloud, api });
    expect(exitCode).toBe(0);
    expect(out).toContain('what stays in europe-west1: ');
  });
});

describe('operators that drover.toml does not name', () => {
  const gcloud = withAccounts('drover-webhook');
  // The operators are told of alerts, each by a channel.
  const provisioning = (api: object, files: { [path: string]: string } = {}) =>
    run(['provision', '--dry-run'], {
      gcloud,
      api: { ...api },
      directory: directoryWith({ ...projectFiles, ...files }),
    });

  it('stay whoever they are, whoever deploys', async () => {
    const { out } = await provisioning({ [functions]: deployedIn('us-central1') });
    expect(out).toContain('ada@acme.test');
    expect(out).toContain('eve@acme.test');
    expect(out).not.toContain('bob@acme.test');
  });

  it('stay nobody', async () => {
    const { out } = await provisioning({ [functions]: deployedIn('us-central1', '') });
    expect(out).not.toContain('bob@acme.test');
  });

  it('are whoever deploys first, and that is said', async () => {
    const { out, err } = await provisioning({});
    expect(out).toContain('bob@acme.test');
    expect(out + err).toContain('bob@acme.test will be the operator');
  });

  it('change when the file names others', async () => {
    const { out } = await provisioning(
      { [functions]: deployedIn('us-central1') },
      { 'drover.toml': 'operators = ["carol@acme.test"]\n' },
    );
    expect(out).toContain('carol@acme.test');
    expect(out).not.toContain('ada@acme.test');
  });
});
