import { beforeAll, describe, expect, it } from 'vitest';
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from '../shared/agents/pause.ts';
import { callAgent } from '../shared/calls/call-agent.ts';
import { replayDelivery } from '../shared/deliveries/replay.ts';
import { acquireLock } from '../shared/locks/acquire.ts';
import { onOneClock } from '../shared/one-clock.ts';
import type { Data, NewSecret, Ports, WakeUp } from '../shared/ports/index.ts';
import { publish } from '../shared/projects/publish.ts';
import { createReleases, type Published } from '../shared/projects/release.ts';
import { killRun } from '../shared/runs/kill.ts';
import { jobId } from '../shared/runs/names.ts';
import { shutDown } from '../shared/runs/shut-down.ts';
import { signal } from '../shared/runs/signal.ts';
import { triggerRun } from '../shared/runs/trigger-run.ts';
import { projectOf } from './project.ts';
import { settings } from './sim/place.ts';
import { createWorld, type World } from './world.ts';

const actor = { who: 'octavia', why: 'she wants to see' };
const minute = 60_000;
/** What a corrected clock may be off by where calls take no time, in ms. */
const closeMs = 100;

const project = projectOf({
  triage: {
    maxWorkQueueSize: 2,
    retry: { attempts: 1, exitCodes: null, backoff: 90, maxBackoff: 600 },
  },
  nightly: {
    webhooks: [],
    schedule: { cron: '*/2 * * * *', timezone: 'UTC', catchup: 'last', jitter: 0 },
  },
  helper: { webhooks: [], budget: { runsPerDay: 2, minutesPerDay: null, failuresInARow: null } },
});

/** What a life leaves: everything that was written or asked for with a time in it, and what came of it. */
interface Left {
  documents: { [path: string]: Data };
  wakeUps: WakeUp[];
  secrets: NewSecret[];
}

/** A life in which every call goes to a fresh instance, whose clock is ahead by what `aheadOf` says of its number. */
async function live(aheadOf: (instance: number) => number, known = onOneClock): Promise<Left> {
  const left: Left = { documents: {}, wakeUps: [], secrets: [] };
  const spoken = new Map<string, string>();
  let instances = 0;
  const world = await createWorld({
    project,
    container: ({ env }) => {
      const secret = env.SHUTDOWN_SECRET ?? '';
      spoken.set(secret.split('.')[0] ?? '', secret);
      return 'runs';
    },
    wrap: (ports) => ({ ...ports, ...recorded(ports, left) }),
    instance: (ports) => {
      instances += 1;
      const ahead = aheadOf(instances);
      const clock = { ...ports.clock, now: () => ports.clock.now() + ahead };
      const own = known({ ...ports, clock });
      return { ports: own, releases: createReleases(own), enter: (work) => work() };
    },
  });
  await everything(world, spoken);
  for (const name of collections) Object.assign(left.documents, await read(world.ports, name));
  return left;
}

function recorded({ tasks, secrets }: Ports, left: Left): Pick<Ports, 'tasks' | 'secrets'> {
  return {
    tasks: {
      enqueue: (wakeUp) => {
        // A name says the time again. A planned look that finds a run a few ms too early is planned once more.
        const { name, ...rest } = wakeUp;
        if (name === undefined || rest.target === 'poll') left.wakeUps.push(rest);
        return tasks.enqueue(wakeUp);
      },
    },
    secrets: {
      ...secrets,
      create: (secret) => {
        left.secrets.push(secret);
        return secrets.create(secret);
      },
    },
  };
}

/** Every trigger, what people and agents do, and what goes wrong with runs. */
async function everything(world: World, spoken: ReadonlyMap<string, string>): Promise<void> {
  const asPeople = <T>(work: (ports: Ports, published: Published) => Promise<T>): Promise<T> =>
    world.call('control', async (ports, releases) => {
      const published = await releases.current();
      if (!published) throw new Error('no release');
      return work(ports, published);
    });
  const minutes = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) {
      await world.advance(minute + 400);
      await world.sweep();
    }
  };
  const runningOf = (agent: string): string =>
    [...spoken.keys()].findLast((run) => run.startsWith(agent) && world.running.has(jobId(run))) ??
    '';

  // Not as a minute begins: whether that one is before the publication would be a matter of milliseconds.
  await world.advance(7_300);
  await world.call('control', (ports) => publish(ports, { ...project, name: 'another' }));
  world.releases = createReleases(world.ports);
  const { triage = '' } = await world.deliver('1');
  for (const id of ['2', '3', '4', '5']) {
    await world.advance(10);
    await world.deliver(id);
  }
  await world.advance(5_000);
  const secret = spoken.get(triage) ?? '';
  await world.call('gateway', (ports) => signal(ports, secret, { kind: 'status', text: 'busy' }));
  const lock = { secret, key: 'git:acme/pasture', ttl: 1_800 };
  await world.call('gateway', (ports, releases) => acquireLock(ports, releases, lock));
  const call = { secret, target: 'helper', context: 'Count.', key: 'sheep', wantsAnswer: true };
  await world.call('gateway', (ports, releases) => callAgent(ports, settings, releases, call));
  await world.call('control', (ports) => pauseAgent(ports, 'nightly', actor));
  await world.exit(triage, { exitCode: 1 });
  await minutes(4);
  await world.call('control', (ports) => resumeAgent(ports, 'nightly', actor));
  await world.call('control', (ports) => pauseProject(ports, actor));
  const asked = { agent: 'helper', prompt: 'Look.', key: 'one', actor };
  await asPeople((ports, published) => triggerRun(ports, settings, published, asked));
  const again = { actor, key: 'again' };
  await asPeople((ports, published) =>
    replayDelivery(ports, settings, published, 'github:1', again),
  );
  await minutes(1);
  await world.call('control', (ports) => resumeProject(ports, actor));
  await world.settle();
  await world.call('control', (ports, releases) =>
    killRun(ports, releases, runningOf('triage') || 'nobody', actor),
  );
  await world.call('gateway', (ports, releases) =>
    shutDown(ports, releases, spoken.get(runningOf('nightly')) ?? '', 'done'),
  );
  await minutes(10);
  await world.call('control', (ports) => pauseAgent(ports, 'helper', actor));
  await world.call('control', (ports) => pauseProject(ports, actor));
}

const collections = [
  'project',
  'releases',
  'agents',
  'deliveries',
  'locks',
  'calls',
  'audit',
  'runs',
];

async function read({ documents }: Ports, collection: string): Promise<{ [path: string]: Data }> {
  const found = await documents.query({ collection, limit: 1_000 });
  const inner = found.map(({ path }) =>
    collection === 'runs' ? read({ documents } as Ports, `${path}/events`) : {},
  );
  const own = Object.fromEntries(found.map(({ path, data }) => [path, data]));
  return Object.assign(own, ...(await Promise.all(inner)));
}

const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** What was left, in the order of its names, with every time apart. */
function told(left: unknown): { text: string; times: number[] } {
  const times: number[] = [];
  const take = (at: number): string => `time ${times.push(at)}`;
  const text = JSON.stringify(
    left,
    (key, value: unknown) => {
      if (typeof value === 'string') return value.replace(isoTime, (iso) => take(Date.parse(iso)));
      if (typeof value === 'number' && value > 1e12) return take(value);
      return key === 'seconds' && typeof value === 'number' ? Math.round(value) : value;
    },
    1,
  );
  return { text, times };
}

function documentsOf({ documents }: Left): [string, Data][] {
  const byPath = Object.entries(documents).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return byPath.map(([path, data]) => [path.replace(isoTime, 'a time'), data]);
}

describe('a life on instances whose clocks are ten minutes off', () => {
  const tenOff = (instance: number): number => (instance % 2 === 0 ? 10 : -10) * minute;
  const lives: { right?: Left; wrong?: Left; uncorrected?: Left } = {};
  beforeAll(async () => {
    lives.right = await live(() => 0);
    lives.wrong = await live(tenOff);
    lives.uncorrected = await live(tenOff, (ports) => ports);
  }, 60_000);
  const parts: [string, (left: Left | undefined) => unknown][] = [
    ['documents', (left) => left && documentsOf(left)],
    ['wake-ups', (left) => left?.wakeUps],
    ['secrets', (left) => left?.secrets],
  ];

  it.each(parts)('leaves the %s that one on clocks that are right leaves', (_, part) => {
    const right = told(part(lives.right));
    const wrong = told(part(lives.wrong));
    expect(wrong.text).toBe(right.text);
    const off = wrong.times.map((at, index) => Math.abs(at - (right.times[index] ?? 0)));
    expect(right.times.length).toBeGreaterThan(0);
    expect(Math.max(...off)).toBeLessThanOrEqual(closeMs);
  });

  it.each(parts)('would leave other %s if instances went by their own clocks', (_, part) => {
    expect(told(part(lives.uncorrected))).not.toEqual(told(part(lives.right)));
  });
});
