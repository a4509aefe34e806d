import { keepCredential } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import { createReleases } from '../../shared/projects/release.ts';
import type { Run } from '../../shared/runs/run.ts';
import { type Call, countRounds, type Rounds } from '../bench/counts/rounds.ts';
import { realisticDelivery } from '../bench/deliveries.ts';
import { projectOf } from '../project.ts';
import type { Instance } from '../sim/calls.ts';
import { createWorld, type World } from '../world.ts';

/** One call of a function, with what it asked of Google's services: the calls of one round trip together. */
export interface Invocation {
  /** Which function it was. */
  name: string;
  rounds: Call[][];
}

/** What one run asked of Google, call by call. */
export interface CountedRun {
  run: Run;
  invocations: Invocation[];
}

/** Which run is counted. */
export interface Counting {
  /** How long its container works. */
  seconds: number;
  /** Credentials of one field that it has. Default: none. */
  credentials?: number;
  /** What asks for it. Default: a webhook. */
  trigger?: 'webhook' | 'manual';
}

const types = ['github_token', 'slack_bot_token', 'linear_token', 'sentry_token'];

/**
 * One run from its delivery to its last deletion, in instances that have worked before. The functions are called as Google calls them,
 * under a clock that stands still but for round trips and for the time that the container works.
 */
export async function countOperations({
  seconds,
  credentials = 0,
  trigger = 'webhook',
}: Counting): Promise<CountedRun> {
  const references = types.slice(0, credentials).map((type) => `${type}:default`);
  const { world, rounds } = await countingWorld(references);
  for (const text of references) {
    const reference = parseReference(text);
    if (reference) await keepCredential(world.ports, reference, { token: Buffer.from('secret') });
  }
  // Whatever an instance does once in its life is done.
  await live(world, 'webhook', 'warm-up', 60);
  await live(world, 'manual', 'warm-up', 60);
  rounds.calls.length = 0;
  const run = await live(world, trigger, 'counted', seconds);
  return { run, invocations: invocationsOf(rounds.calls) };
}

/** Minutes that are counted in which nothing happens: some of what a tick looks for, it looks for every few minutes only. */
export const idleMinutes = 10;

/** What these ask of Google. */
export async function countIdleMinutes(): Promise<Invocation[]> {
  const { world, rounds } = await countingWorld([]);
  await live(world, 'webhook', 'warm-up', 60);
  await world.advance(60 * 60_000);
  await world.sweep();
  rounds.calls.length = 0;
  for (let minute = 0; minute < idleMinutes; minute += 1) {
    await world.advance(60_000);
    await world.sweep();
  }
  return invocationsOf(rounds.calls);
}

/** A world whose functions last, and whose calls of Google's services are counted by the invocation that makes them. */
async function countingWorld(credentials: string[]): Promise<{ world: World; rounds: Rounds }> {
  const rounds = countRounds();
  const known = new Map<string, Instance>();
  let called = 0;
  const world = await createWorld({
    project: projectOf({ counted: { timeout: 3_600, credentials } }),
    wrap: rounds.wrap,
    container: () => 'runs',
    // One instance of each function, which remembers what it knows; each call of it has a label of its own.
    instance: (ports, name) => {
      const instance = known.get(name) ?? {
        ports,
        releases: createReleases(ports),
        enter: (work) => {
          called += 1;
          return rounds.as(`${name} ${called}`, work);
        },
      };
      known.set(name, instance);
      return instance;
    },
  });
  return { world, rounds };
}

/** A run from what asks for it to its end. */
async function live(world: World, trigger: string, id: string, seconds: number): Promise<Run> {
  const runId = await (trigger === 'webhook' ? deliver(world, id) : ask(world));
  await world.settle();
  await world.advance(seconds * 1_000);
  await world.exit(runId, { exitCode: 0 });
  await world.settle();
  const run = await world.run(runId);
  if (run.cleanedAt === null) throw new Error(`the run is ${run.state} and not cleaned up`);
  return run;
}

async function deliver(world: World, id: string): Promise<string> {
  const { body } = realisticDelivery(Buffer.from(''));
  const { text } = await world.request('webhook', '/webhooks/github', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issues',
      'x-github-delivery': id,
      ...world.signed(body),
    },
    body,
  });
  return String(Object.values((JSON.parse(text) as { runs: object }).runs)[0]);
}

async function ask(world: World): Promise<string> {
  const { text } = await world.request('control', '/v1/agents/counted/trigger', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...world.credentials.operator },
    body: '{}',
  });
  return String((JSON.parse(text) as { run: string }).run);
}

function invocationsOf(calls: readonly Call[]): Invocation[] {
  const labels = [...new Set(calls.map(({ during }) => during))];
  return labels.map((label) => {
    const own = calls.filter(({ during }) => during === label);
    const numbers = [...new Set(own.map(({ round }) => round))];
    return {
      name: label.split(' ')[0] ?? label,
      rounds: numbers.map((number) => own.filter(({ round }) => round === number)),
    };
  });
}
