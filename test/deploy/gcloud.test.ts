import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reachOf } from '../../infra/cli/reach.ts';
import { carryOut } from '../../infra/deploy/carry-out.ts';
import { sampleProject, type TestBench, testBench } from '../../infra/deploy/test-bench.ts';
import { promotion, rollBack, type Turn } from '../../infra/deploy/turn-traffic.ts';
import { resourcesOf } from '../../infra/deployment/list.ts';
import type { Fn } from '../../infra/deployment/resource.ts';
import { gcloudGoogle } from '../../infra/gcloud/gcloud.ts';
import type { Google } from '../../infra/gcloud/google.ts';
import { fieldsAt } from '../gcloud/answer.ts';
import { gcloudEnvironment } from '../gcloud/environment.ts';
import { gcloudRoot, type WarmGcloud, warmGcloud } from '../gcloud/warm-gcloud.ts';
import { type DeployServer, serveDeployments } from './google.ts';

const root = gcloudRoot();
const place = { project: 'acme-drover', region: 'europe-west1' };

/** In ms: each of these runs gcloud a dozen times, on a machine that may have other work. */
const timeout = 240_000;

describe.skipIf(root === undefined)('deploying with the installed gcloud', { timeout }, () => {
  let server: DeployServer;
  let gcloud: WarmGcloud;
  let google: Google;
  let bench: TestBench;
  let scratch: string;

  const context = () => ({ ...bench.context(), google, deployment: deployment() });
  const deployment = () => ({ ...bench.context().deployment, ...place });
  const upload = (digest: string) => ({ directory: join(scratch, 'upload'), digest });
  const deploy = (digest: string, share?: number) =>
    bench.deploy({ context: context(), upload: upload(digest), share });
  const turn = ({ steps }: Turn) =>
    carryOut(google, [{ steps, lanes: 1 }], { clock: bench.clock, onStep: () => {} });
  const trafficOf = (name: string) =>
    server.served
      .get(`drover-${name}`)
      ?.traffic.map(({ revisionName = 'LATEST', percent }) => [revisionName, percent]);

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'drover-gcloud-'));
    mkdirSync(join(scratch, 'upload'));
    writeFileSync(join(scratch, 'upload', 'package.json'), '{}');
    writeFileSync(join(scratch, 'token'), 'a-token-of-nobody');
    bench = testBench(sampleProject);
    const apis = resourcesOf(deployment()).filter(({ kind }) => kind === 'api');
    server = await serveDeployments(apis.map(({ id }) => id));
    const env = {
      ...gcloudEnvironment(server.url, scratch),
      CLOUDSDK_PROXY_TYPE: 'http',
      CLOUDSDK_PROXY_ADDRESS: '127.0.0.1',
      CLOUDSDK_PROXY_PORT: String(server.port),
    };
    gcloud = warmGcloud(root ?? '', env);
    google = gcloudGoogle({ project: place.project, run: gcloud.run, reach: reachOf(env) });
  });
  afterAll(async () => {
    bench.close();
    await gcloud.close();
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('a build that fails is told as such, and nothing is deployed on it', async () => {
    server.ending = 'FAILURE';
    await expect(deploy('first')).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    server.ending = 'SUCCESS';
    server.builds = [];
    expect(server.served.size).toBe(0);
  });

  test('the first deployment builds the images as the builder, and deploys every function as the list has it', async () => {
    await deploy('first');
    expect(server.builds.map(({ serviceAccount }) => serviceAccount)).toEqual([
      'projects/acme-drover/serviceAccounts/drover-builder@acme-drover.iam.gserviceaccount.com',
      'projects/acme-drover/serviceAccounts/drover-builder@acme-drover.iam.gserviceaccount.com',
    ]);
    const wanted = resourcesOf(deployment()).filter((each): each is Fn => each.kind === 'function');
    for (const { id, serviceAccount, concurrency, environment } of wanted) {
      const name = `projects/acme-drover/locations/europe-west1/functions/${id}`;
      const { fields } = server.store.things.get(`cloudfunctions/${name}`) ?? {};
      expect(fieldsAt(fields, 'serviceConfig')).toMatchObject({
        serviceAccountEmail: serviceAccount,
        maxInstanceRequestConcurrency: concurrency,
        allTrafficOnLatestRevision: true,
        environmentVariables: { ...environment, DROVER_VERSION: expect.any(String) },
      });
    }
  });

  test('the second finds nothing to do', async () => {
    const before = gcloud.count();
    expect((await deploy('first')).steps).toEqual([]);
    // The token that the calls of APIs need.
    expect(gcloud.count() - before).toBeLessThanOrEqual(1);
  });

  test('a new version with a share gets that, of webhook and gateway, and all traffic of the others', async () => {
    await deploy('second', 10);
    expect(trafficOf('webhook')).toEqual([
      ['drover-webhook-00001', 90],
      ['LATEST', 10],
    ]);
    expect(trafficOf('gateway')).toEqual([
      ['drover-gateway-00001', 90],
      ['LATEST', 10],
    ]);
    expect(trafficOf('dispatch')).toEqual([['LATEST', 100]]);
  });

  test('a roll back gives the version before all traffic, a promotion the newest', async () => {
    await turn(await rollBack(google, place));
    expect(trafficOf('webhook')).toEqual([['drover-webhook-00001', 100]]);
    expect((await rollBack(google, place)).steps).toEqual([]);
    await turn(await promotion(google, place));
    expect(trafficOf('webhook')).toEqual([['LATEST', 100]]);
    expect((await promotion(google, place)).steps).toEqual([]);
  });

  test('after a roll back, what is deployed next without a share gets all traffic', async () => {
    await turn(await rollBack(google, place));
    expect((await deploy('second')).steps).toEqual([]);
    expect(trafficOf('gateway')).toEqual([['drover-gateway-00001', 100]]);
    await deploy('third');
    expect(trafficOf('gateway')).toEqual([['LATEST', 100]]);
  });
});
