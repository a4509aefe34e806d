import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../infra/cli/commands/index.ts';
import { runCli } from '../../infra/cli/run-cli.ts';
import { directoryWith, removeDirectories } from '../../infra/cli/test-project.ts';
import { testShell } from '../../infra/cli/test-shell.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import { refusalOfApi } from '../../infra/gcloud/refusals.ts';
import { startFirestoreEmulator } from '../emulators/index.ts';

const emulator = await startFirestoreEmulator();
const endpoint = 'endpoint' in emulator ? emulator.endpoint : '';
afterAll(() => {
  removeDirectories();
  return 'stop' in emulator ? emulator.stop() : undefined;
});

const project = 'demo-publish';

/** Signed in as this person, in a project that has what provisioning makes of it. */
function worldOf(account: string) {
  const api = { 'GET https://run.googleapis.com/': { services: [] } };
  const gcloud = {
    '': [],
    'config list': { core: { account } },
    'projects describe': { projectNumber: '1', lifecycleState: 'ACTIVE' },
    'billing projects describe': { billingEnabled: true },
    'auth print-access-token': { token: 'secret-token' },
  };
  return { api: { ...api, 'POST https://cloudresourcemanager.googleapis.com/': 403 }, gcloud };
}

/** A person's Google, whose Firestore is the emulator. */
function withFirestore({ gcloud, api }: Google): Google {
  return {
    gcloud,
    api: async (method, url, body) => {
      if (!url.startsWith('https://firestore.googleapis.com/')) return api(method, url, body);
      const reached = url.replace('https://firestore.googleapis.com', `http://${endpoint}`);
      const answer = await fetch(reached, {
        method,
        headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw refusalOfApi(answer.status, text, `${method} ${url}`);
      return JSON.parse(text);
    },
  };
}

interface Ended {
  exitCode: number;
  out: string;
  err: string;
  /** The last line, of `--json`. */
  last(): { [field: string]: unknown };
}

/** Runs a command as somebody; `meanwhile` happens while they are asked. */
async function drover(
  who: string,
  files: { readonly [path: string]: string },
  args: readonly string[],
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Ended> {
  const directory = directoryWith(files);
  const world = worldOf(`${who}@example.com`);
  const shell = testShell({ directory, environment: { HOME: directory }, ...world });
  const line = [...args, '--project', project, '--region', 'europe-west1'];
  const ask = async (): Promise<string> => {
    await meanwhile();
    return 'y';
  };
  const google = (id: string): Google => withFirestore(shell.google(id));
  const { exitCode } = await runCli(line, { ...shell, ask, google }, commands, '1');
  const out = shell.shown('out');
  return {
    exitCode,
    out,
    err: shell.shown('err'),
    last: () => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '{}'),
  };
}

/** A project of one agent that names its image. */
function herd(skill: string, more = ''): { [path: string]: string } {
  return {
    'config.toml': 'projectName = "herd"\n',
    'agents/dev/SKILL.md': skill,
    'agents/dev/config.toml': `image = "example.com/dev:1"\n${more}`,
  };
}

describe.skipIf('missing' in emulator)('publishing, with Google’s Firestore emulator', () => {
  beforeEach(async () => {
    const documents = `http://${endpoint}/emulator/v1/projects/${project}/databases/(default)/documents`;
    await fetch(documents, { method: 'DELETE' });
  });

  const idOf = async (who: string, files: { [path: string]: string }): Promise<string> => {
    const { exitCode, err, last } = await drover(who, files, ['publish', '--yes', '--json']);
    expect([exitCode, err]).toEqual([0, '']);
    return String(last().release);
  };

  it('publishes, publishes again, goes back twice and no further, and lists it all', async () => {
    const [one, two, three] = [
      await idOf('ada', herd('One.')),
      await idOf('bob', herd('Two.', 'scale = 2\n')),
      await idOf('ada', herd('Three.\nAnd more.')),
    ];
    const back = await drover('ada', herd('Three.'), ['publish', '--rollback', '--yes']);
    expect(back.out).toContain(`from release ${three}, made current by ada@example.com at 20`);
    expect(back.out).toContain('    limits       scale 1 → 2\n');
    expect(back.out).toContain(`went back from ${three} to ${two}\n`);
    const list = (await drover('ada', herd('x'), ['releases', 'ls', '--json'])).last();
    expect(list.releases).toMatchObject([
      { release: three, isCurrent: false, back: null, publishedBy: 'ada@example.com' },
      { release: two, isCurrent: true, publishedBy: 'bob@example.com', agents: ['dev'] },
      { release: one, back: 1 },
    ]);
    await drover('ada', herd('x'), ['publish', '--rollback', '--yes']);
    const noMore = await drover('ada', herd('x'), ['publish', '--rollback', '--yes']);
    expect([noMore.exitCode, noMore.err]).toEqual([
      2,
      expect.stringContaining('NOTHING_TO_ROLL_BACK: '),
    ]);
    const got = (await drover('ada', herd('x'), ['releases', 'get', '--json'])).last();
    expect(got).toMatchObject({
      id: one,
      isCurrent: true,
      release: { agents: { dev: { skill: 'One.' } } },
    });
  }, 60_000);

  it('finds the same files published already, whoever publishes them', async () => {
    const id = await idOf('ada', herd('One.'));
    const again = await drover('bob', herd('One.'), ['publish']);
    expect(again.out).toContain(`release ${id} is current already\n`);
  }, 60_000);

  it('tells the second of two who publish at once who was faster, and writes nothing of it', async () => {
    await idOf('ada', herd('One.'));
    let faster = '';
    const second = await drover('ada', herd('Two.'), ['publish'], async () => {
      faster = await idOf('bob', herd('Three.'));
    });
    expect(second.exitCode).toBe(2);
    expect(second.err).toMatch(
      new RegExp(`RELEASE_MOVED: .* release ${faster}, made current by bob@example.com at 20`),
    );
    const { releases } = (await drover('ada', herd('x'), ['releases', 'ls', '--json'])).last();
    expect(releases).toHaveLength(2);
  }, 60_000);

  it('changes nothing in a dry run', async () => {
    await idOf('ada', herd('One.'));
    const dry = await drover('ada', herd('Two.'), ['publish', '--dry-run']);
    expect(dry.exitCode).toBe(0);
    expect(dry.out).toContain('    instructions 1 line (1 new, 1 gone)\n');
    expect(dry.out).toContain('documents:commit');
    const { releases } = (await drover('ada', herd('x'), ['releases', 'ls', '--json'])).last();
    expect(releases).toHaveLength(1);
  }, 60_000);
});
