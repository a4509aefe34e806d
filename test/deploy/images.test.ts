import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../infra/cli/context.ts';
import { reachOf } from '../../infra/cli/reach.ts';
import { sampleProject, type TestBench, testBench } from '../../infra/deploy/test-bench.ts';
import { resourcesOf } from '../../infra/deployment/list.ts';
import { gcloudGoogle } from '../../infra/gcloud/gcloud.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import { buildImages } from '../../infra/images/build-images.ts';
import { pruneImages } from '../../infra/images/prune.ts';
import { surveyImages } from '../../infra/images/survey.ts';
import { gcloudEnvironment } from '../gcloud/environment.ts';
import { put } from '../gcloud/store.ts';
import { gcloudRoot, type WarmGcloud, warmGcloud } from '../gcloud/warm-gcloud.ts';
import { type DeployServer, serveDeployments } from './google.ts';

const root = gcloudRoot();
const place = { project: 'acme-drover', region: 'europe-west1' };

/** In ms: each of these runs gcloud some times, on a machine that may have other work. */
const timeout = 120_000;

/** Every byte there is, in an order that no text has. */
const binary = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 167) % 256));

describe.skipIf(root === undefined)('images by the installed gcloud', { timeout }, () => {
  let server: DeployServer;
  let gcloud: WarmGcloud;
  let google: Google;
  let bench: TestBench;
  let scratch: string;

  const context = () => {
    const usual = bench.context();
    return { ...usual, google, deployment: { ...usual.deployment, ...place } };
  };
  const working = (signal?: AbortSignal) => ({
    clock: bench.clock,
    isAlive: () => true,
    isDryRun: false,
    documents: bench.documents,
    ...(signal ? { signal } : {}),
  });
  const build = (agents: readonly string[] = []) =>
    buildImages(context(), { ...working(), agents });
  const logged = (): string[] =>
    bench.events.flatMap((event) =>
      event.kind === 'log' ? [`${event.title}: ${event.line}`] : [],
    );

  /** What was uploaded last, unpacked by tar. */
  function unpacked(): string {
    const archive = join(scratch, 'archive.tgz');
    writeFileSync(archive, server.archives.at(-1) ?? '');
    const into = mkdtempSync(join(scratch, 'unpacked-'));
    const { status, stderr } = spawnSync('tar', ['-xpzf', archive, '-C', into]);
    expect([status, stderr.toString()]).toEqual([0, '']);
    return into;
  }

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'drover-gcloud-'));
    writeFileSync(join(scratch, 'token'), 'a-token-of-nobody');
    bench = testBench(sampleProject);
    const apis = resourcesOf({ ...bench.context().deployment, ...place });
    server = await serveDeployments(apis.flatMap(({ kind, id }) => (kind === 'api' ? [id] : [])));
    const repository = `projects/${place.project}/locations/${place.region}/repositories/drover`;
    put(server.store, 'artifactregistry', repository, { name: repository, format: 'DOCKER' });
    const env = {
      ...gcloudEnvironment(server.url, scratch),
      CLOUDSDK_PROXY_PORT: String(server.port),
    };
    gcloud = warmGcloud(root ?? '', env);
    google = gcloudGoogle({ project: place.project, run: gcloud.run, reach: reachOf(env) });
  });
  beforeEach(() => {
    server.ending = 'SUCCESS';
    server.log = [];
    bench.events.length = 0;
  });
  afterAll(async () => {
    bench.close();
    await gcloud.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('an interruption cancels the build at Cloud Build', async () => {
    server.ending = 'WORKING';
    const interrupt = new AbortController();
    // The first line of a log tells that the build has begun.
    const print = ({ kind }: Event): void => {
      if (kind === 'log') interrupt.abort();
    };
    const options = { ...working(interrupt.signal), agents: ['script'] };
    await expect(buildImages({ ...context(), print }, options)).rejects.toThrow();
    expect(server.cancelled).toEqual(['1']);
  });

  test('a build that fails is told with the end of its log and its address', async () => {
    server.ending = 'FAILURE';
    server.log = ['Step #2 - "own": npm error'];
    await expect(build(['script'])).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      details: [
        'Step #2 - "own": npm error',
        expect.stringMatching(/^https:\/\/console\.example\//),
      ],
    });
    server.builds = [];
    server.cancelled = [];
  });

  test('what goes up is every file as it is, byte for byte and with its mode', async () => {
    const write = (path: string, content: string | Buffer, mode = 0o644): void => {
      const file = join(context().directory, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, content, { mode });
    };
    const stages = 'FROM agent AS one\nRUN true\nFROM al-agent:latest\nCOPY --from=one / /one/\n';
    write('shared/tool', binary, 0o755);
    write('shared/models/weights.bin', binary);
    write('agents/script/static/logo.png', binary);
    write('agents/script/Dockerfile', stages);
    write('agents/script/.dockerignore', '*.md\n');
    server.log = ['Step #0 - "base": Step 1/9', 'Step #2 - "static": done'];
    const [image] = await build(['script']);
    expect(image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const into = unpacked();
    for (const path of [
      'static/shared/tool',
      'static/shared/models/weights.bin',
      'static/logo.png',
    ]) {
      expect(readFileSync(join(into, path)).equals(binary), path).toBe(true);
    }
    expect(readFileSync(join(into, 'own/Dockerfile'), 'utf8')).toBe(stages);
    expect(readFileSync(join(into, 'own/.dockerignore'), 'utf8')).toBe('*.md\n');
    const modes = ['static', 'static/shared/tool', 'static/logo.png'].map((path) =>
      (statSync(join(into, path)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['755', '755', '644']);
  });

  test('the log is told as it comes, and the build is the one that was asked for', () => {
    const [submitted] = server.builds;
    expect(submitted).toMatchObject({
      serviceAccount:
        'projects/acme-drover/serviceAccounts/drover-builder@acme-drover.iam.gserviceaccount.com',
      options: { logging: 'CLOUD_LOGGING_ONLY', env: ['DOCKER_BUILDKIT=1'] },
      timeout: '900s',
      tags: [expect.stringMatching(/^drover-script-[0-9a-f]{12}$/)],
      images: [
        expect.stringMatching(
          /^europe-west1-docker\.pkg\.dev\/acme-drover\/drover\/script:[0-9a-f]{12}$/,
        ),
      ],
    });
    const steps = submitted?.steps as { id: string; args: string[] }[];
    expect(steps.map(({ id }) => id)).toEqual(['base', 'own', 'static', 'tag']);
  });

  test('what is there is not built again, and the rest is', async () => {
    server.log = ['Step #0 - "base": Step 1/9'];
    expect((await build()).map(({ wasThere }) => wasThere)).toEqual([true, false]);
    expect(server.builds).toHaveLength(2);
    expect(logged()).toContain('image agent: Step #0 - "base": Step 1/9');
  });

  test('what nothing needs is removed by gcloud, with its tags', async () => {
    const { judged } = await surveyImages(context(), { documents: bench.documents });
    expect(judged.map(({ kept }) => kept.map(({ why }) => why))).toEqual([
      ['files', 'newest'],
      ['files', 'newest'],
    ]);
    bench.write('agents/script/run.sh', '#!/bin/sh\necho otherwise\n');
    const { removed } = await pruneImages(context(), { ...working(), newest: 0 });
    expect(removed.map(({ name }) => name)).toEqual(['script']);
    expect(server.removed).toEqual(server.builds[0]?.images);
    const after = await surveyImages(context(), { documents: bench.documents });
    expect(after.judged.map(({ image }) => image.name)).toEqual(['agent']);
    // But for the tags that were looked for before they were there.
    expect(server.unknown.filter((line) => !/\/tags\/\w+$/.test(line))).toEqual([]);
  });
});
