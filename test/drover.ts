import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentIdentitiesOf } from '../infra/deployment/agents.ts';
import { type LocalCloud, startCloud } from '../infra/local/cloud.ts';
import type { LocalProgram } from '../infra/local/executor/index.ts';
import { hostFunctions } from '../infra/local/functions-host.ts';
import { denialLine } from '../infra/local/iam/iam.ts';
import { type FunctionName, functionNames, functionVariables } from '../infra/resources.ts';
import { systemClock } from '../shared/cloud/clock.ts';
import { systemRandom } from '../shared/cloud/random.ts';
import { keepCredential } from '../shared/credentials/home.ts';
import { parseReference } from '../shared/credentials/reference.ts';
import type { Project } from '../shared/projects/project.ts';
import { publish } from '../shared/projects/publish.ts';

export { agentOf, onGithub, projectOf } from './project.ts';

/** The whole of Drover in this process: local cloud, every function over HTTP, a published project. One a test file. */
export interface TestDrover {
  /** Base URL; `/<function>/…`, and `/webhooks/…`. */
  base: string;
  cloud: LocalCloud;
  /** What signs deliveries of the source `github`. */
  signingSecret: Buffer;
  publish(project: Project): Promise<string>;
  close(): Promise<void>;
}

export interface TestDroverOptions {
  project: Project;
  /** Fields by credential, `type:instance`. */
  credentials?: { [reference: string]: { [field: string]: string } };
  /** The program of an agent. Default: one that exits at once. */
  program?(agent: string): LocalProgram | undefined;
  /** Time between two ticks, in ms. Default: so long that there is one, before any test. */
  tickMs?: number;
  /** Whether functions and agents are refused something, as they should not be. Default: none is, and {@link TestDrover.close} throws. */
  expectsDenials?: boolean;
}

/** The one tick is the first, before any test: another would be counted with what a test does. */
const dayMs = 24 * 3_600_000;
/** Longest time that the first tick takes, in ms: every module of its function and all clients are loaded first. */
const firstTickMs = 45_000;
/** The last calls of a tick that finds nothing to do. */
const firstTick = ['Jobs.ListJobs', 'SecretManagerService.ListSecrets'];

export async function startDrover(options: TestDroverOptions): Promise<TestDrover> {
  const place = { project: 'drover-test', region: 'here' };
  const directory = mkdtempSync(join(tmpdir(), 'drover-'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const program = options.program ?? (() => ({ file: '/bin/true', directory }));
  const cloud = await startCloud({
    ...place,
    directory,
    port: 0,
    consolePort: 0,
    tickMs: options.tickMs ?? dayMs,
    denied: () => {},
    command: (_image, labels) => program(labels['drover-agent'] ?? ''),
  });
  const urls = Object.fromEntries(functionNames.map((name) => [name, `${base}/${name}`]));
  Object.assign(process.env, functionVariables(place, urls as { [name in FunctionName]: string }), {
    DROVER_CLOUD_ENDPOINT: cloud.endpoint,
    DROVER_JWKS_URL: cloud.console.keysUrl,
  });
  const host = await hostFunctions(port);
  const signingSecret = Buffer.from('a secret between GitHub and us');
  const credentials = {
    'github_webhook_secret:default': { secret: signingSecret.toString() },
    ...options.credentials,
  };
  for (const [reference, fields] of Object.entries(credentials)) {
    await keep(cloud, reference, fields);
  }
  const release = (project: Project): Promise<string> => {
    cloud.iam.provision(agentIdentitiesOf(project));
    return publish(
      { documents: cloud.documents, clock: systemClock, random: systemRandom },
      project,
    );
  };
  await release(options.project);
  cloud.connect({ logs: `${base}/logs`, tick: `${base}/tick` });
  const hasTicked = async () => firstTick.every((call) => call in cloud.calls.counts());
  await eventually(hasTicked, firstTickMs);
  return {
    base,
    cloud,
    signingSecret,
    publish: release,
    close: async () => {
      await cloud.stop();
      await host.close();
      rmSync(directory, { recursive: true, force: true });
      const denials = options.expectsDenials ? [] : cloud.iam.denials().map(denialLine);
      if (denials.length > 0) throw new Error([...new Set(denials)].join('\n'));
    },
  };
}

async function keep(
  cloud: LocalCloud,
  reference: string,
  fields: { [field: string]: string },
): Promise<void> {
  const parsed = parseReference(reference);
  if (!parsed) throw new Error(`${reference} is no credential`);
  const values = Object.entries(fields).map(([field, value]) => [field, Buffer.from(value)]);
  await keepCredential({ secrets: cloud.secrets }, parsed, Object.fromEntries(values));
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Looks every 25 ms until `find` answers; gives up, loudly, after `patienceMs`. */
export async function eventually<T>(
  find: () => Promise<T | undefined | false>,
  patienceMs = 15_000,
): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > giveUpAt) throw new Error(`not so within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
