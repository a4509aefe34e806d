import { afterAll, describe, expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { runCli } from './run-cli.ts';
import { directoryWith, projectFiles, removeDirectories } from './test-project.ts';
import { type TestWorld, testShell } from './test-shell.ts';

afterAll(removeDirectories);

const artifacts =
  'https://artifactregistry.googleapis.com/v1/projects/acme-drover/locations/europe-west1/repositories/drover';
const documents =
  'https://firestore.googleapis.com/v1/projects/acme-drover/databases/(default)/documents';
const text = (stringValue: string) => ({ stringValue });
const map = (fields: object) => ({ mapValue: { fields } });
const tagOf = (number: number): string => String(number).padStart(12, '0');
const image = (name: string, number: number, tags = [tagOf(number)]) => ({
  uri: `europe-west1-docker.pkg.dev/acme-drover/drover/${name}@sha256:${tagOf(number).padEnd(64, '0')}`,
  tags,
  imageSizeBytes: '123456789',
  uploadTime: `2026-01-0${number}T00:00:00Z`,
});
const all = [1, 2, 3, 4, 5].map((number) => image('dev', number));
const [oldest] = all;

const gcloud = {
  'config list': {},
  'auth print-access-token': { token: 'secret-token' },
  'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
  'iam service-accounts describe': { email: 'drover-webhook@x' },
  'secrets create drover-lock': {},
  'secrets delete drover-lock': {},
  'artifacts docker images delete': {},
  'builds submit': { id: 'b1', status: 'SUCCESS', logUrl: 'https://console.example/b1' },
};
/** One release, which names the oldest image. */
const release = {
  document: {
    name: 'projects/acme-drover/databases/(default)/documents/releases/r1',
    updateTime: '2026-01-01T00:00:00Z',
    fields: {
      name: text('herd'),
      publishedAt: text('2026-01-01T00:00:00Z'),
      agents: map({ dev: map({ image: text(oldest?.uri ?? ''), skill: text('Work.') }) }),
    },
  },
};
const api = {
  [`GET ${artifacts}/dockerImages`]: { dockerImages: all },
  [`POST ${documents}:batchGet`]: [{ missing: 'x', readTime: '2026-01-01T00:00:00Z' }],
  [`POST ${documents}:runQuery`]: [release],
};

async function run(args: readonly string[], world: TestWorld = {}) {
  const shell = testShell({ directory: directoryWith(projectFiles), gcloud, api, ...world });
  const line = [...args, '--project', 'acme-drover', '--region', 'europe-west1'];
  const { exitCode } = await runCli(line, shell, commands, '1');
  const deleted = shell.asked.filter((each) => each.includes('images delete'));
  return {
    exitCode,
    deleted,
    out: shell.shown('out'),
    err: shell.shown('err'),
    asked: shell.asked,
  };
}

describe('drover images ls', () => {
  it('lists the images with who needs them, and those that are not built', async () => {
    const { exitCode, out, err } = await run(['images', 'ls'], { environment: { COLUMNS: '80' } });
    expect([exitCode, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^IMAGE +TAG +SIZE +BUILT +NEEDED BY$/);
    expect(lines[1]).toMatch(/^dev +000000000005 +123 MB .* one of the newest$/);
    expect(lines[4]).toMatch(/^dev +000000000002 .* nothing$/);
    expect(lines[5]).toMatch(/^dev +000000000001 .* release r1$/);
    expect(lines[6]).toMatch(/^agent +[0-9a-f]{12} .* dev, but not built$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toBe('next: `drover images build` builds what is missing.');
  });

  it('fits a terminal of 40 columns, with each tag whole', async () => {
    const { out } = await run(['images', 'ls'], { environment: { COLUMNS: '40' } });
    const lines = out.trimEnd().split('\n').slice(0, -1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    for (const number of [1, 2, 3, 4, 5]) expect(out).toContain(tagOf(number));
  });

  it('tells a program everything that it tells a person', async () => {
    const { out } = await run(['images', 'ls', '--json']);
    const result = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({ event: 'result', ok: true });
    expect(result.images).toHaveLength(5);
    expect(result.images[3]).toMatchObject({ name: 'dev', tags: [tagOf(2)], kept: [] });
    expect(result.missing).toEqual([
      { name: 'agent', tag: expect.stringMatching(/^[0-9a-f]{12}$/), agents: ['dev'] },
    ]);
  });

  it('says what it would ask in a dry run, and asks nothing', async () => {
    const { exitCode, out, asked } = await run(['images', 'ls', '--dry-run']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`GET ${artifacts}/dockerImages`);
    expect(asked.filter((line) => line.startsWith('GET') || line.startsWith('POST'))).toEqual([]);
  });

  it('says that Drover is not set up where there is no repository', async () => {
    const { exitCode, err } = await run(['images', 'ls'], { api: {} });
    expect([exitCode, err.split(':')[0]]).toEqual([2, 'NOT_PROVISIONED']);
  });
});

describe('drover images prune', () => {
  it('removes nothing where there is no database that could say what is needed', async () => {
    const { [`POST ${documents}:runQuery`]: _, ...rest } = api;
    const { exitCode, deleted, err } = await run(['images', 'prune'], { api: rest });
    expect([exitCode, deleted, err.split(':')[0]]).toEqual([2, [], 'NOT_PROVISIONED']);
  });

  it('removes nothing where it may not read who needs what', async () => {
    const world = { api: { ...api, [`POST ${documents}:runQuery`]: 403 } };
    const { exitCode, deleted, err } = await run(['images', 'prune'], world);
    expect([exitCode, deleted, err.split(':')[0]]).toEqual([1, [], 'PERMISSION_MISSING']);
  });

  it('removes what nothing needs', async () => {
    const { exitCode, deleted, out } = await run(['images', 'prune']);
    expect(exitCode).toBe(0);
    expect(deleted).toEqual([expect.stringContaining(tagOf(2).padEnd(64, '0'))]);
    expect(out).toMatch(/^done .* remove dev:000000000002\n/);
    expect(out).toContain('1 image of up to 123 MB removed; 4 stay\n');
  });

  it('keeps as many of the newest as it is told', async () => {
    const { deleted } = await run(['images', 'prune', '--keep', '1']);
    expect(deleted).toHaveLength(3);
  });

  it.each([
    ['--keep', '-1'],
    ['--keep', 'all'],
    ['--releases', '0'],
    ['--releases', '1.5'],
  ])('refuses %s %s and removes nothing', async (option, value) => {
    const { exitCode, deleted, err } = await run(['images', 'prune', option, value]);
    expect([exitCode, deleted]).toEqual([2, []]);
    expect(err).toContain('WRONG_COMMAND_LINE');
  });

  it('shows in a dry run what it would remove', async () => {
    const { exitCode, deleted, out } = await run(['images', 'prune', '--dry-run']);
    expect([exitCode, deleted]).toEqual([0, []]);
    expect(out).toContain('gcloud artifacts docker images delete ');
    expect(out).toContain('1 image of up to 123 MB would be removed; 4 stay');
    expect(out.trimEnd().split('\n').at(-1)).toBe('next: `drover images prune` does it.');
  });

  it('names in a dry run the releases that would lose their images', async () => {
    const older = structuredClone(release);
    older.document.name = older.document.name.replace('r1', 'r0');
    older.document.fields.publishedAt = text('2025-01-01T00:00:00Z');
    older.document.fields.agents = map({
      dev: map({ image: text(all[1]?.uri ?? ''), skill: text('Work.') }),
    });
    const found = { ...api, [`POST ${documents}:runQuery`]: [older, release] };
    const { out } = await run(['images', 'prune', '--releases', '1', '--dry-run'], { api: found });
    expect(out).toContain('1 image of up to 123 MB would be removed; 4 stay\n');
    expect(out).toContain('no going back any more to r0\n');
  });

  it('asks before releases lose their images, and removes nothing where nobody answers', async () => {
    const found = { ...api, [`POST ${documents}:runQuery`]: [release] };
    const args = ['images', 'prune', '--keep', '0', '--releases', '1'];
    expect((await run(args, { api: found })).exitCode).toBe(0);
    const another = structuredClone(release);
    another.document.name = another.document.name.replace('r1', 'r2');
    another.document.fields.publishedAt = text('2026-02-01T00:00:00Z');
    another.document.fields.agents = map({});
    const world = { api: { ...api, [`POST ${documents}:runQuery`]: [release, another] } };
    const { exitCode, deleted, err } = await run(args, world);
    expect([exitCode, deleted]).toEqual([2, []]);
    expect(err).toContain(
      '5 images are removed, without which nobody can go back to a release: r1.',
    );
    expect((await run([...args, '--yes'], world)).deleted).toHaveLength(5);
  });

  it('says in a dry run that it cannot know where nobody is signed in', async () => {
    const { exitCode, out } = await run(['images', 'prune', '--dry-run'], { gcloud: 'missing' });
    expect(exitCode).toBe(0);
    expect(out).toContain(`GET ${artifacts}/dockerImages`);
    expect(out).toContain('what would be removed depends on what is there');
  });
});

describe('drover images build', () => {
  it('says that the images are built already', async () => {
    const there = { version: `x/versions/sha256:${'a'.repeat(64)}` };
    const world = { api: { ...api, [`GET ${artifacts}/packages/agent/tags/`]: there } };
    const { exitCode, out, asked } = await run(['images', 'build'], world);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('the image is built already\n')]);
    expect(asked.filter((line) => line.includes('builds submit'))).toEqual([]);
  });

  it('shows the commands of its builds in a dry run, where nobody is signed in too', async () => {
    const { exitCode, out } = await run(['images', 'build', '--dry-run'], { gcloud: 'missing' });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/gcloud builds submit .*\/\.drover\/build\/agent-[0-9a-f]{12} .*--async/);
    expect(out).toContain('1 image would be built; 0 were built already');
  });

  it('refuses an agent that is not there', async () => {
    const { exitCode, err } = await run(['images', 'build', 'nobody']);
    expect(exitCode).toBe(2);
    expect(err).toContain('There is no agent nobody in this project.');
    expect(err).toContain('Name one of dev.');
  });
});
