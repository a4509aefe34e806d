import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentAccountId, emailOf } from '../../infra/deployment/names.ts';
import type { Need } from '../../infra/local/iam/target.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import { type Ports, SERVER_TIME, type Version } from '../../shared/ports/index.ts';
import { runSecretId } from '../../shared/runs/names.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { cloudSettings } from '../sim/place.ts';
import { guarded } from './guarded.ts';

const quiet = { webhooks: [] };
let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({ triage: quiet, dev: quiet }),
    expectsDenials: true,
  });
});
afterAll(() => drover.close());

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const portsOf = (caller?: string) =>
  cloudPorts(
    { ...cloudSettings, endpoint: drover.cloud.endpoint, ...(caller !== undefined && { caller }) },
    silent,
  );

describe('a caller over the wire', () => {
  it('is the function that its client was made for, and is told what it lacks', async () => {
    const { secrets, documents, tasks, jobs } = portsOf('webhook');
    const refused = (message: string) =>
      expect.objectContaining({
        code: 'permission_denied',
        message: expect.stringContaining(message),
      });
    await expect(secrets.access('drover-cred-github_token-default', '1')).rejects.toEqual(
      refused(
        "Permission 'secretmanager.versions.access' denied for resource 'projects/drover-test/secrets/drover-cred-github_token-default/versions/1' (or it may not exist).",
      ),
    );
    await expect(jobs.list({})).rejects.toEqual(
      refused("Permission 'run.jobs.list' denied on resource 'projects/drover-test'"),
    );
    await expect(documents.commit([{ op: 'delete', path: 'runs/a' }])).rejects.toEqual(
      refused('Missing or insufficient permissions.'),
    );
    await expect(documents.query({ collection: 'runs', limit: 1 })).rejects.toEqual(
      refused('datastore.entities.list'),
    );
    await expect(tasks.enqueue({ target: 'poll', body: {} })).rejects.toEqual(
      refused('lacks IAM permission "cloudtasks.tasks.create" for the resource'),
    );
    expect(drover.cloud.iam.denials()).toContainEqual({
      member: 'serviceAccount:drover-webhook@drover-test.iam.gserviceaccount.com',
      permission: 'run.jobs.list',
      on: 'projects/drover-test',
      call: 'Jobs.ListJobs',
    });
  });

  it('may do nothing when it is a function that nobody knows, and everything when it is nobody', async () => {
    await expect(portsOf('intruder').documents.get('runs/a')).rejects.toMatchObject({
      code: 'permission_denied',
    });
    expect(await portsOf().documents.get('runs/a')).toBeUndefined();
    expect(await portsOf().jobs.list({})).toEqual([]);
  });

  it('needs to act as the account that its container runs as', async () => {
    const job = newJob('stranger', {});
    await expect(
      portsOf('dispatch').jobs.start({ ...job, serviceAccount: 'drover-control' }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        "Permission 'iam.serviceaccounts.actAs' denied on service account drover-control@drover-test.iam.gserviceaccount.com (or it may not exist).",
      ),
    });
    await expect(portsOf('poll').jobs.start(job)).rejects.toMatchObject({
      message: expect.stringContaining("Permission 'run.jobs.create' denied"),
    });
  });
});

function newJob(id: string, secretEnv: { [name: string]: { secret: string; version: string } }) {
  return {
    id,
    startToken: 'a1',
    serviceAccount: agentAccountId('triage'),
    image: 'agents/test',
    env: {},
    secretEnv,
    secretFiles: [],
    memory: '512Mi',
    cpus: '1',
    timeoutSeconds: 60,
    labels: {},
  };
}

describe('a container', () => {
  /** What Cloud Run says of a job of `triage` that names a secret. */
  async function refusalOf(id: string, secret: string): Promise<string | undefined> {
    await drover.cloud.secrets.create({ id: secret, labels: {} });
    await drover.cloud.secrets.addVersion(secret, Buffer.from('x'));
    const { jobs } = portsOf('dispatch');
    await jobs.start(newJob(id, { SHUTDOWN_SECRET: { secret, version: '1' } }));
    const job = await eventually(async () => {
      const found = await jobs.get(id);
      return found?.refusal || found?.execution ? found : undefined;
    });
    return job.refusal?.message;
  }

  it('reads the secrets of its own runs', async () => {
    expect(await refusalOf('own', runSecretId('triage-abcdefgh', 1))).toBeUndefined();
  });

  it.each([
    ["another agent's run", 'another', runSecretId('dev-abcdefgh', 1)],
    ['an agent whose name begins like its own', 'longer', runSecretId('triage-more-abcdefgh', 1)],
    ['nobody but functions: a credential', 'home', 'drover-cred-github_token-default'],
    ['nobody but functions: an API key', 'key', 'drover-cred-gateway_api_key-default'],
  ])('does not start with a secret of %s', async (_, id, secret) => {
    const account = emailOf({ project: 'drover-test' }, agentAccountId('triage'));
    expect(await refusalOf(id, secret)).toBe(
      `Permission denied on secret: projects/drover-test/secrets/${secret}/versions/1 for Revision service account ${account}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`,
    );
  });
});

describe('what the adapters send', () => {
  const version = '1.000000000' as Version;
  /** Each call of a port once, by somebody who may do nothing. */
  const calls: { [name: string]: (ports: Ports) => Promise<unknown> } = {
    'a document is read': ({ documents }) => documents.get('runs/b'),
    'documents are asked for': ({ documents }) => documents.query({ collection: 'runs', limit: 1 }),
    'documents are counted': ({ documents }) => documents.count({ collection: 'runs', limit: 1 }),
    'a document is created': ({ documents }) =>
      documents.commit([{ op: 'create', path: 'runs/c', data: { at: SERVER_TIME } }]),
    'a document is set': ({ documents }) =>
      documents.commit([{ op: 'set', path: 'runs/d', data: {} }]),
    'a document is changed': ({ documents }) =>
      documents.commit([{ op: 'update', path: 'runs/d', fields: { a: SERVER_TIME } }]),
    'a document is changed as it was read': ({ documents }) =>
      documents.commit([{ op: 'update', path: 'runs/d', fields: { a: 1 }, version }]),
    'a document is deleted': ({ documents }) =>
      documents.commit([{ op: 'delete', path: 'runs/d' }]),
    'somebody is woken': ({ tasks }) =>
      tasks.enqueue({ target: 'dispatch', body: { agent: 'triage' } }),
    'a secret is made': ({ secrets }) => secrets.create({ id: 'a', labels: {} }),
    'a version is added': ({ secrets }) => secrets.addVersion('a', Buffer.from('x')),
    'versions are named': ({ secrets }) => secrets.setAliases('a', { x: '1' }),
    'a secret is looked at': ({ secrets }) => secrets.get('a'),
    'a version is read': ({ secrets }) => secrets.access('a', '1'),
    'secrets are listed': ({ secrets }) => secrets.list({ drover: 'run' }),
    'a secret is deleted': ({ secrets }) => secrets.delete('a'),
    'a job is started': ({ jobs }) => jobs.start(newJob('sent', {})),
    'a job is looked at': ({ jobs }) => jobs.get('sent'),
    'an execution is looked at': ({ jobs }) => jobs.execution('sent', 'sent-a1'),
    'an execution is cancelled': ({ jobs }) => jobs.cancel('sent', 'sent-a1'),
    'jobs are listed': ({ jobs }) => jobs.list({}),
    'a job is deleted': ({ jobs }) => jobs.delete('sent'),
    'a log is read': ({ logs }) => logs.last('sent', 1, Date.now()),
  };

  /** What a call needs, when it is made with these ports. */
  async function needsOf(name: string, ports: Ports): Promise<string[]> {
    const needs: string[] = [];
    const end = drover.cloud.iam.watch((member, need) => needs.push(line(member, need)));
    await expect(calls[name]?.(ports)).rejects.toMatchObject({ code: 'permission_denied' });
    end();
    return needs;
  }

  it.each(Object.keys(calls))('needs what functions are held to in a world: %s', async (name) => {
    const sent = await needsOf(name, portsOf('intruder'));
    expect(sent.length).toBeGreaterThan(0);
    expect(sent).toEqual(await needsOf(name, guarded(portsOf(), drover.cloud.iam, 'intruder')));
  });
});

function line(member: string, { permission, on }: Need): string {
  return `${member} ${permission} ${JSON.stringify(on)}`;
}
