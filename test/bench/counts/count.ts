import { readEnvironment } from '../../../functions/environment.ts';
import { webhook } from '../../../functions/webhook.ts';
import { functionNames, functionVariables } from '../../../infra/resources.ts';
import { keepCredential } from '../../../shared/credentials/home.ts';
import { parseReference } from '../../../shared/credentials/reference.ts';
import { createReleases } from '../../../shared/projects/release.ts';
import { createLogGatherer } from '../../../shared/runs/logs.ts';
import { signal } from '../../../shared/runs/signal.ts';
import { projectOf } from '../../project.ts';
import { createWorld, type World } from '../../world.ts';
import { deliveryHeaders, realisticDelivery } from '../deliveries.ts';
import { type Call, countRounds, type Rounds } from './rounds.ts';

/** What one run asks of Google, counted. */
export interface RunCounts {
  /** Sequential round trips: request → 200, and 200 → the job is created and its execution starts. */
  rounds: { acknowledge: number; launch: number };
  /** The calls of the launch, a round an entry. */
  path: string[];
  firestore: {
    /** Documents of the control plane; the container's own follow. */
    writes: number;
    reads: number;
    signalWrites: number;
    logWrites: number;
  };
  secretWrites: number;
  runWrites: number;
  /** Calls by method, signals and log lines included. */
  calls: { [method: string]: number };
}

/** A run as it is counted: webhook, instances warm, a container that works for a minute. */
export interface CountedRun {
  /** Fields of its credential; none: it has no credential. */
  fields?: number;
  /** Whether `webhook` and `dispatch` run in instances that have read nothing yet. */
  cold?: boolean;
}

const signingSecret = Buffer.from('counted');
const credential = 'github_token:default';
/** What the container says, as the example's does: two statuses and a return value, three lines in one chunk. */
const signals = 3;
const lines = 3;

export async function countRun({ fields = 0, cold = false }: CountedRun = {}): Promise<RunCounts> {
  const rounds = countRounds();
  let secret = '';
  const project = projectOf({
    counted: { timeout: 120, credentials: fields > 0 ? [credential] : [] },
  });
  const world = await createWorld({
    project,
    wrap: rounds.wrap,
    container: ({ env }) => {
      secret = env.SHUTDOWN_SECRET ?? '';
      return 'runs';
    },
  });
  const receive = await receiver(world, fields);
  if (!cold) await warmUp(world, receive);

  rounds.calls.length = 0;
  const begun = rounds.made();
  const runId = await rounds.as('webhook', () => receive('counted'));
  const acknowledged = rounds.made();
  await world.settle();
  const created = rounds.calls.find(({ method }) => method === 'Jobs.CreateJob')?.round ?? 0;
  if (secret === '') throw new Error('the container was not started');
  await rounds.as('signals', () => speak(world, secret));
  await rounds.as('logs', () => print(world, runId));
  await world.advance(60_000);
  await world.exit(runId, { exitCode: 0 });
  const run = await world.run(runId);
  if (run.cleanedAt === null) throw new Error(`the run is ${run.state} and not cleaned up`);
  return {
    rounds: { acknowledge: acknowledged - begun, launch: created - acknowledged },
    path: pathOf(rounds.calls, acknowledged, created),
    ...totals(rounds),
  };
}

/** What one minute costs in which nothing happens: a tick in an instance that has ticked before. */
export async function countIdleMinute(): Promise<{ [method: string]: number }> {
  const rounds = countRounds();
  const world = await createWorld({ project: projectOf({ counted: {} }), wrap: rounds.wrap });
  await world.sweep();
  rounds.calls.length = 0;
  await world.advance(60_000);
  await world.sweep();
  return byMethod(rounds.calls);
}

/** The function `webhook` of one instance; answers with the id of the run that a delivery started. */
async function receiver(
  world: World,
  fields: number,
): Promise<(deliveryId: string) => Promise<string>> {
  const keep = async (text: string, values: { [field: string]: Uint8Array }): Promise<void> => {
    const reference = parseReference(text);
    if (reference) await keepCredential(world.ports, reference, values);
  };
  await keep('github_webhook_secret', { secret: signingSecret });
  const names = Array.from({ length: fields }, (_, index) => `field${index}`);
  if (fields > 0) {
    await keep(credential, Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
  }
  const urls = Object.fromEntries(functionNames.map((name) => [name, `https://${name}.test`]));
  const place = { project: 'drover-test', region: 'here' };
  const environment = readEnvironment(functionVariables(place, urls as never));
  const releases = createReleases(world.ports);
  const app = webhook({
    environment,
    settings: environment.settings,
    ports: world.ports,
    releases,
    readToken: async () => undefined,
  });
  const delivery = realisticDelivery(signingSecret);
  return async (deliveryId) => {
    const answer = await app.request('/webhooks/github', {
      method: 'POST',
      headers: deliveryHeaders(delivery, deliveryId),
      body: delivery.body,
    });
    const { runs = {} } = (await answer.json()) as { runs?: { [agent: string]: string } };
    const [runId] = Object.values(runs);
    if (answer.status !== 200 || runId === undefined) {
      throw new Error(`the delivery was answered with ${answer.status}`);
    }
    return runId;
  };
}

/** One whole run, after which the functions know release and signing secret. */
async function warmUp(
  world: World,
  receive: (deliveryId: string) => Promise<string>,
): Promise<void> {
  const runId = await receive('warm-up');
  await world.settle();
  await world.exit(runId, { exitCode: 0 });
}

async function speak(world: World, secret: string): Promise<void> {
  await signal(world.ports, secret, { kind: 'status', text: 'reading' });
  await signal(world.ports, secret, { kind: 'status', text: 'writing' });
  await signal(world.ports, secret, { kind: 'return', value: 'done' });
}

async function print(world: World, runId: string): Promise<void> {
  const gatherer = createLogGatherer(world.ports);
  const at = new Date(world.ports.clock.now()).toISOString();
  const added = Array.from({ length: lines }, (_, index) =>
    gatherer.add(runId, { at, insertId: String(index), severity: 'INFO', text: 'a line' }),
  );
  await Promise.all(added);
}

function pathOf(calls: readonly Call[], from: number, to: number): string[] {
  const path: string[] = [];
  for (let round = from + 1; round <= to; round += 1) {
    const together = calls.filter((call) => call.round === round);
    path.push(together.map(({ method }) => method).join(' + '));
  }
  return path;
}

const secretWrites = /^SecretManagerService\.(Create|Add|Update|Delete|Destroy)/;
const runWrites = /\.(CreateJob|DeleteJob|RunJob|CancelExecution|DeleteExecution|UpdateJob)$/;

function totals({ calls }: Rounds): Omit<RunCounts, 'rounds' | 'path'> {
  const sum = (some: Call[], of: (call: Call) => number): number =>
    some.reduce((total, call) => total + of(call), 0);
  const during = (label: string): Call[] => calls.filter((call) => call.during === label);
  const control = calls.filter((call) => !['signals', 'logs'].includes(call.during));
  return {
    firestore: {
      writes: sum(control, ({ writes }) => writes.length),
      reads: sum(control, ({ reads }) => reads),
      signalWrites: sum(during('signals'), ({ writes }) => writes.length) / signals,
      logWrites: sum(during('logs'), ({ writes }) => writes.length),
    },
    secretWrites: calls.filter(({ method }) => secretWrites.test(method)).length,
    runWrites: calls.filter(({ method }) => runWrites.test(method)).length,
    calls: byMethod(calls),
  };
}

function byMethod(calls: readonly Call[]): { [method: string]: number } {
  const counted: { [method: string]: number } = {};
  for (const { method } of calls) counted[method] = (counted[method] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counted).sort(([a], [b]) => a.localeCompare(b)));
}
