import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentIdentitiesOf } from '../../infra/deployment/agents.ts';
import { resourcesOf } from '../../infra/deployment/list.ts';
import { urlOf as deployedUrl } from '../../infra/deployment/names.ts';
import type { Deployment, Fn } from '../../infra/deployment/resource.ts';
import { type LocalCloud, startCloud } from '../../infra/local/cloud.ts';
import { type FunctionName, serviceAccount } from '../../infra/resources.ts';
import { dispatch } from '../../shared/agents/dispatch.ts';
import { systemClock } from '../../shared/cloud/clock.ts';
import { cloudPorts } from '../../shared/cloud/index.ts';
import { systemRandom } from '../../shared/cloud/random.ts';
import { keepCredential } from '../../shared/credentials/home.ts';
import type { Ports, Write } from '../../shared/ports/index.ts';
import { publish } from '../../shared/projects/publish.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { admission } from '../../shared/runs/admit.ts';
import { newRunSecret } from '../../shared/runs/secret.ts';
import { projectOf } from '../project.ts';

const place = { project: 'drover-deployed', region: 'here' };
const agent = 'pasture';
const deployment: Deployment = {
  ...place,
  projectNumber: '100000000001',
  agents: [],
  operators: [],
  viewers: [],
};
const urlOf = (name: FunctionName): string => deployedUrl(deployment, name);

/** A local cloud with a published project, two runs and nobody who works on them: what a function's first request meets. */
export interface World {
  cloud: LocalCloud;
  /** The environment of functions that are deployed here. */
  environment: { readonly [variable: string]: string };
  agent: string;
  /** A run whose container talks to the gateway, with its secret. */
  speaker: { run: string; secret: string };
  /** A run that is to be looked at. */
  watched: string;
  signingSecret: Buffer;
  apiKey: string;
  /** The base URL that a function has to itself: the audience of tokens for it. */
  urlOf(name: FunctionName): string;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-deployed-'));
  const cloud = await startCloud({
    ...place,
    directory,
    port: 0,
    consolePort: 0,
    command: () => ({ file: '/bin/true', directory }),
  });
  const { documents, secrets } = cloud;
  const signingSecret = Buffer.from('a secret that GitHub and we share');
  const apiKey = 'a-key-of-an-operator';
  const keep = (type: string, fields: { [field: string]: Uint8Array }): Promise<unknown> =>
    keepCredential({ secrets }, { type, instance: 'default' }, fields);
  await keep('github_webhook_secret', { secret: signingSecret });
  await keep('gateway_api_key', { key: Buffer.from(apiKey) });
  const project = projectOf({ [agent]: { scale: 100 } });
  cloud.iam.provision(agentIdentitiesOf(project));
  const release = await publish({ documents, clock: systemClock, random: systemRandom }, project);

  const settings = { ...place, gatewayUrl: urlOf('gateway') };
  const admit = (id: string): Write =>
    admission(settings, {
      id,
      agent,
      cause: id,
      release,
      configuration: { credentials: [], timeout: 60 },
      context: null,
      trigger: { type: 'manual', by: 'a person' },
      why: 'a person asked for it',
      now: Date.now(),
    });
  const watched = `${agent}-watched2`;
  await documents.commit([admit(watched)]);
  const ports = portsOf(cloud);
  await dispatch(ports, settings, createReleases(ports), agent);

  const run = `${agent}-speaker2`;
  const { secret, hash } = newRunSecret(systemRandom, run);
  const fields = { state: 'running' as const, secretHashes: [hash], dueAt: null };
  await documents.commit([admit(run), { op: 'update', path: `runs/${run}`, fields }]);

  return {
    cloud,
    environment: {
      ...variables(),
      DROVER_CLOUD_ENDPOINT: cloud.endpoint,
      DROVER_JWKS_URL: cloud.console.keysUrl,
    },
    agent,
    speaker: { run, secret },
    watched,
    signingSecret,
    apiKey,
    urlOf,
    stop: async () => {
      await cloud.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The ports of a function, for what must have happened before. */
function portsOf({ endpoint }: LocalCloud): Ports {
  return cloudPorts(
    {
      ...place,
      endpoint,
      targets: {
        dispatch: { queue: 'drover-dispatch', url: urlOf('dispatch') },
        poll: { queue: 'drover-poll', url: urlOf('poll') },
      },
      tasksServiceAccount: serviceAccount('tasks', place.project),
    },
    { info: () => {}, warn: () => {}, error: () => {} },
  );
}

/** What the list of resources gives every function. */
function variables(): Fn['environment'] {
  const [fn] = resourcesOf(deployment).filter(({ kind }) => kind === 'function');
  if (fn?.kind !== 'function') throw new Error('the list has no function');
  return fn.environment;
}
