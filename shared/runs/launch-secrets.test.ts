import { describe, expect, it } from 'vitest';
import { ask } from '../../test/ask.ts';
import { projectOf } from '../../test/project.ts';
import { place } from '../../test/sim/place.ts';
import { createWorld, type World, type WorldOptions } from '../../test/world.ts';
import { homeSecretId, keepCredential } from '../credentials/home.ts';
import { parseReference } from '../credentials/reference.ts';
import type { NewJob } from '../ports/index.ts';
import { runSecretId } from './names.ts';

const credentials = ['git_ssh:default', 'git_ssh:other'];

/** A world with both credentials in it, whose jobs and secret writes are noted. */
async function worldOf(
  credentialsDelivery: 'copy' | 'direct',
  options: Partial<WorldOptions> = {},
): Promise<{ world: World; files: string[]; jobs: NewJob[]; writes: string[] }> {
  const files: string[] = [];
  const jobs: NewJob[] = [];
  const writes: string[] = [];
  const world = await createWorld({
    project: projectOf({ triage: { credentials, credentialsDelivery } }),
    container: (start) => {
      for (const { directory, name, content } of start.files)
        files.push(`${directory}/${name}=${content}`);
      return 'runs';
    },
    wrap: (ports) => ({
      ...ports,
      jobs: {
        ...ports.jobs,
        start: async (job) => {
          jobs.push(job);
          return ports.jobs.start(job);
        },
      },
      secrets: {
        ...ports.secrets,
        create: async (secret) => {
          writes.push(`create ${secret.id}`);
          return ports.secrets.create(secret);
        },
        addVersion: async (id, value) => {
          writes.push(`fill ${id}`);
          return ports.secrets.addVersion(id, value);
        },
        delete: async (id) => {
          writes.push(`delete ${id}`);
          return ports.secrets.delete(id);
        },
      },
    }),
    ...options,
  });
  for (const text of credentials) await keep(world, text, { id_rsa: text, username: 'drover' });
  writes.length = 0;
  return { world, files, jobs, writes };
}

async function keep(
  world: World,
  text: string,
  fields: { [field: string]: string },
): Promise<string> {
  const reference = parseReference(text);
  if (!reference) throw new Error(`${text} is no reference`);
  const values = Object.entries(fields).map(([field, value]) => [field, Buffer.from(value)]);
  await keepCredential(world.ports, reference, Object.fromEntries(values));
  return homeSecretId(reference);
}

const expected = [
  '/credentials/git_ssh/default/id_rsa=git_ssh:default',
  '/credentials/git_ssh/default/username=drover',
  '/credentials/git_ssh/other/id_rsa=git_ssh:other',
  '/credentials/git_ssh/other/username=drover',
];

describe('credentials that are delivered directly', () => {
  it('are the same files as copies', async () => {
    for (const delivery of ['copy', 'direct'] as const) {
      const { world, files } = await worldOf(delivery);
      await ask(world, 'triage');
      await world.settle();
      expect(files.sort()).toEqual(expected);
    }
  });

  it('cost three writes of Secret Manager, all of the own secret of the run', async () => {
    const { world, writes } = await worldOf('direct');
    const runId = await ask(world, 'triage');
    await world.settle();
    await world.exit(runId, { exitCode: 0 });
    const own = runSecretId(runId, 1);
    expect(writes).toEqual([`create ${own}`, `fill ${own}`, `delete ${own}`]);
  });

  it('stay in their homes when the run is over', async () => {
    const { world } = await worldOf('direct');
    const runId = await ask(world, 'triage');
    await world.settle();
    await world.exit(runId, { exitCode: 0 });
    expect(await world.leftovers()).toEqual([]);
    for (const instance of ['default', 'other']) {
      const home = homeSecretId({ type: 'git_ssh', instance });
      expect(Object.keys((await world.ports.secrets.get(home))?.aliases ?? {}).sort()).toEqual([
        'id_rsa',
        'username',
      ]);
    }
  });

  it('are mounted from their homes at the versions that they had when the run was launched', async () => {
    const { world, jobs } = await worldOf('direct');
    await ask(world, 'triage');
    await world.settle();
    const [{ secret = '', files = {} } = {}] = jobs[0]?.secretFiles ?? [];
    expect(secret).toBe('drover-cred-git_ssh-default');
    expect(Object.values(files).every((version) => /^\d+$/.test(version))).toBe(true);
    await keep(world, 'git_ssh:default', { id_rsa: 'changed', username: 'drover' });
    const pinned = await world.ports.secrets.access(secret, files.id_rsa ?? '');
    expect(Buffer.from(pinned).toString()).toBe('git_ssh:default');
  });
});

describe.each(['copy', 'direct'] as const)('a credential that is missing (%s)', (delivery) => {
  it.each([
    ['has no home', (world: World, home: string) => world.ports.secrets.delete(home)],
    [
      'has a home without a field',
      (world: World, home: string) => world.ports.secrets.setAliases(home, {}),
    ],
  ])('fails the launch when it %s: nothing starts with less than it asked for', async (_, lose) => {
    const { world } = await worldOf(delivery);
    await lose(world, homeSecretId({ type: 'git_ssh', instance: 'other' }));
    const runId = await ask(world, 'triage');
    await world.settle();
    expect(await world.run(runId)).toMatchObject({
      state: 'failed',
      reason: 'credential_missing',
      summary: 'triage failed: credential git_ssh:other is not in Secret Manager',
    });
    expect(world.started).toEqual([]);
    expect(await world.leftovers()).toEqual([]);
  });
});

describe('a launch that hung for longer than its secrets would have lasted', () => {
  it('is made again, and fails no run', async () => {
    const queue = `projects/${place.project}/locations/${place.region}/queues/drover-dispatch`;
    let hangs = true;
    const world: World = await createWorld({
      project: projectOf({ triage: { credentials: [] } }),
      wrap: (ports) => ({
        ...ports,
        secrets: {
          ...ports.secrets,
          create: async (secret) => {
            if (hangs) {
              hangs = false;
              world.tasks.pauseQueue(queue);
              await world.advance(3 * 3_600_000);
              world.tasks.resumeQueue(queue);
            }
            return ports.secrets.create(secret);
          },
        },
      }),
    });
    const runId = await ask(world, 'triage');
    await world.settle();
    await world.advance(60_000);
    expect((await world.run(runId)).state).toBe('running');
    expect(world.started).toHaveLength(1);
  });
});
