import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runtime } from '../infra/deployment/list.ts';
import { repositoryRoot } from '../infra/local/repository.ts';

interface Step {
  id: string;
  name: string;
  entrypoint: string;
  args: string[];
  volumes?: { name: string; path: string }[];
}

interface Build {
  steps: Step[];
  substitutions: { [name: string]: string };
  timeout: string;
}

const root = repositoryRoot();
const build = parse(readFileSync(join(root, 'cloudbuild.yaml'), 'utf8')) as Build;
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: { [name: string]: string };
};

describe('a build of the repository', () => {
  it('checks what CI checks, in its order, and deploys only then', () => {
    const ci = readFileSync(join(root, '.ci/run'), 'utf8');
    const checks = [...ci.matchAll(/^npm (.+)$/gm)].map(([, args = '']) => args);
    const steps = build.steps.filter(({ entrypoint }) => entrypoint === 'npm');
    expect(steps.map(({ args }) => args.join(' '))).toEqual(checks);
    expect(build.steps.at(-1)?.id).toBe('deploy');
    // Without `waitFor`, a step waits for all before it (Cloud Build docs, "Configuring the order of build steps").
    expect(build.steps.filter((step) => 'waitFor' in step)).toEqual([]);
  });

  it('runs scripts that there are, on the Node that functions are deployed on', () => {
    for (const { args, entrypoint, name } of build.steps.slice(0, -1)) {
      expect(name).toBe(runtime.replace('nodejs', 'node:'));
      if (entrypoint === 'npm' && args[0] === 'run') expect(scripts).toHaveProperty(args[1] ?? '');
    }
  });

  it('deploys with the command line of this very build, where it is told to', () => {
    const { args = [], entrypoint, volumes } = build.steps.at(-1) ?? {};
    const source = args[0]?.replace(/^dist\/(.*)\.js$/, '$1.ts') ?? '';
    expect(readFileSync(join(root, source), 'utf8')).toMatch(/^#!/);
    expect(args.slice(1)).toEqual([
      'deploy',
      '--project=$PROJECT_ID',
      '--region=$_REGION',
      '--directory=$_DIRECTORY',
    ]);
    // Cloud Build refuses a volume that only one step has.
    const shared = build.steps.filter((step) => step.volumes);
    expect(shared.map((step) => step.volumes)).toEqual([volumes, volumes]);
    expect(shared[0]?.args.at(-1)).toBe(entrypoint);
  });

  it('is sent by the installed gcloud as it stands here', { timeout: 120_000 }, async ({
    skip,
  }) => {
    const sent = await submit('europe-west1');
    if (!sent) return skip('no gcloud on the PATH');
    expect(sent.path).toBe('/v1/projects/acme-drover/locations/europe-west1/builds?alt=json');
    const { substitutions, ...asWritten } = build;
    expect(sent.body).toEqual({
      ...asWritten,
      substitutions: { ...substitutions, _REGION: 'europe-west1', _DIRECTORY: 'pasture' },
    });
  });
});

/** What `gcloud builds submit` posts to Cloud Build; undefined where there is no gcloud. */
async function submit(region: string): Promise<{ path: string; body: unknown } | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-gcloud-'));
  writeFileSync(join(directory, 'token'), 'a-token-of-nobody');
  let sent: { path: string; body: unknown } | undefined;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    sent = { path: request.url ?? '', body: JSON.parse(text) };
    const name = `projects/acme-drover/locations/${region}/builds/1`;
    const made = { id: '1', name, projectId: 'acme-drover', status: 'QUEUED' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'operations/1', metadata: { build: made } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await promisify(execFile)(
      'gcloud',
      [
        'builds',
        'submit',
        '--no-source',
        '--async',
        `--region=${region}`,
        '--config=cloudbuild.yaml',
        `--substitutions=_REGION=${region},_DIRECTORY=pasture`,
      ],
      {
        cwd: root,
        timeout: 100_000,
        env: {
          PATH: process.env.PATH,
          HOME: directory,
          CLOUDSDK_CONFIG: directory,
          CLOUDSDK_CORE_PROJECT: 'acme-drover',
          CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
          CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(directory, 'token'),
          CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD: `http://127.0.0.1:${port}/`,
        },
      },
    );
    return sent;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
}
