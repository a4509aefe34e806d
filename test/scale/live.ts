import { googleQuotas } from '../../infra/local/engines/run/index.ts';
import { googleSecretQuotas } from '../../infra/local/engines/secrets/index.ts';
import type { Write } from '../../shared/ports/index.ts';
import { createReleases } from '../../shared/projects/release.ts';
import { eventId } from '../../shared/runs/advance.ts';
import { runLabel } from '../../shared/runs/labels.ts';
import type { Run } from '../../shared/runs/run.ts';
import type { FunctionName, Instance } from '../sim/calls.ts';
import type { Chance } from '../sim/random.ts';
import { createSchedule } from '../sim/schedule.ts';
import { createWorld, type World } from '../world.ts';
import type { Herd } from './herd.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createMeter, emptyTally, type Meter, since, type Tally } from './meter.ts';
import type { Arrival } from './traffic.ts';

export interface Scenario {
  herd: Herd;
  arrivals: readonly Arrival[];
  /** Ms for which schedules go on; then their agents have none. */
  lastsMs: number;
  /** Administrative writes of Cloud Run a minute; undefined: no quota of Google's is modelled. */
  writesPerMinute: number | undefined;
  chance: Chance;
  /** Hears of each minute that is over. */
  told?(minute: Minute): void;
}

/** One minute, as it was at its end. */
export interface Minute {
  number: number;
  asked: Tally;
  /** What of it the tick asked for. */
  tick: Tally;
  admitted: number;
  over: number;
  queued: number;
  /** Queued runs whose agent has a slot for them: only the project's pace keeps them. */
  ready: number;
  /** Runs that have a slot and no container yet. */
  launching: number;
  /** Containers that run. */
  running: number;
  /** Runs whose clean-up is to come. */
  unclean: number;
}

/** What came of a scenario. */
export interface Lived {
  ledger: Ledger;
  meter: Meter;
  minutes: Minute[];
  /** Deliveries answered with runs; how many runs they were told of. */
  answered: number;
  promised: string[];
  /** Deliveries that were not answered. */
  refused: number;
  /** Answers 500 of functions, by message. */
  failures: Map<string, number>;
  /** Jobs and secrets left at the end. */
  leftovers: number;
}

const minuteMs = 60_000;
/** Minutes without any progress after which what is left counts as stuck. */
const patience = 240;

/** Lives through a scenario until every run is over and cleaned up, or nothing moves any more. */
export async function live(scenario: Scenario): Promise<Lived> {
  const { herd, chance, lastsMs } = scenario;
  const schedule = createSchedule(Date.parse('2026-03-02T00:00:00Z'));
  const ledger = createLedger(schedule.now);
  let isMeasured = false;
  /** Documents of deliveries, in the order of their creation. */
  const received: string[] = [];
  const meter = createMeter(schedule, (writes: readonly Write[]) => {
    if (!isMeasured) return;
    ledger.committed(writes);
    for (const { op, path } of writes)
      if (op === 'create' && path.startsWith('deliveries/')) received.push(path);
  });
  const instances = new Map<FunctionName, Instance>();
  const seconds = new Map(herd.workers.map((worker) => [worker.name, worker.seconds]));
  const failures = new Map<string, number>();
  const world = await createWorld({
    project: herd.project,
    iam: null,
    schedule,
    random: chance.fraction,
    instance: (ports, name) => {
      const known = instances.get(name);
      if (known) return known;
      const own = meter.portsOf(ports, name);
      const instance: Instance = {
        ports: own,
        releases: createReleases(own),
        enter: (work) => work(),
      };
      instances.set(name, instance);
      return instance;
    },
    failed: (name, error) => {
      const message = `${name}: ${String(error).split('\n', 1)[0]}`;
      failures.set(message, (failures.get(message) ?? 0) + 1);
    },
    container: ({ labels }) => {
      const runId = labels[runLabel] ?? '';
      const middle = seconds.get(ledger.runs.get(runId)?.agent ?? '') ?? 60;
      const lasts = chance.spread(middle * 250, middle * 4_000);
      const how = { exitCode: chance.happens(0.02) ? 1 : 0 };
      schedule.at(schedule.now() + lasts, () => void world.exit(runId, how));
      return 'runs';
    },
  });
  if (scenario.writesPerMinute !== undefined) {
    world.cloudRun.limit({ ...googleQuotas, writesPerMinute: scenario.writesPerMinute });
    world.secrets.limit(googleSecretQuotas);
  }
  isMeasured = true;
  const lived: Lived = {
    ledger,
    meter,
    minutes: [],
    answered: 0,
    promised: [],
    refused: 0,
    failures,
    leftovers: 0,
  };
  await passTime(scenario, lived, world, schedule.now);
  lived.leftovers = (await world.leftovers()).length;
  return lived;

  async function passTime(
    { arrivals, told }: Scenario,
    { minutes }: Lived,
    on: World,
    now: () => number,
  ): Promise<void> {
    const begin = now();
    let next = 0;
    let idle = 0;
    let forgotten: string[] = [];
    let before = { total: { ...meter.total }, tick: { ...meter.tick }, admitted: 0, over: 0 };
    for (let number = 0; ; number += 1) {
      if (number * minuteMs === lastsMs) await on.publish(withoutSchedules(herd));
      if (number % 1_440 === 0 || number * minuteMs === lastsMs) instances.clear();
      void on.tick().catch(() => {});
      const end = begin + (number + 1) * minuteMs;
      for (let one = arrivals[next]; one && begin + one.at < end; one = arrivals[next]) {
        next += 1;
        await on.advance(begin + one.at - now());
        await deliver(on, lived, one, next);
      }
      await on.advance(end - now());
      const minute = stateOf(on, herd, ledger, number);
      minute.asked = since(before.total, meter.total);
      minute.tick = since(before.tick, meter.tick);
      const over = ledger.runs.size - open(minute);
      minute.admitted = ledger.runs.size - before.admitted;
      minute.over = over - before.over;
      before = {
        total: { ...meter.total },
        tick: { ...meter.tick },
        admitted: ledger.runs.size,
        over,
      };
      minutes.push(minute);
      told?.(minute);
      if (number % 10 === 9) {
        await forget(on, received, forgotten);
        // Not at once: somebody may still be at work on them.
        forgotten = ledger.cleaned.splice(0);
      }
      if (number * minuteMs < lastsMs || next < arrivals.length) continue;
      if (minute.unclean === 0) return;
      idle = minute.over > 0 || minute.asked.jobWrites > 0 ? 0 : idle + 1;
      if (idle > patience) return;
    }
  }
}

/** Documents of one commit. */
const forgottenAtOnce = 400;

/**
 * Deletes what was received so far and the runs that are over and clean, with their journals, as Firestore does after two weeks: nothing
 * looks at them any more, and a day would fill the memory.
 */
async function forget(
  { ports }: World,
  received: string[],
  runs: readonly string[],
): Promise<void> {
  const paths = received.splice(0);
  for (const id of runs) {
    const run = await ports.documents.get<Run>(`runs/${id}`);
    const events = Array.from({ length: run?.data.events ?? 0 }, (_, index) => eventId(index));
    paths.push(`runs/${id}`, ...events.map((event) => `runs/${id}/events/${event}`));
  }
  while (paths.length > 0) {
    const some = paths.splice(0, forgottenAtOnce);
    await ports.documents.commit(some.map((path) => ({ op: 'delete', path })));
  }
}

function open({ queued, launching, running }: Minute): number {
  return queued + launching + running;
}

function stateOf(
  { running }: World,
  { project }: Herd,
  { runs, count, agents, clean }: Ledger,
  number: number,
): Minute {
  let ready = 0;
  for (const [agent, { queued, inFlight }] of agents) {
    ready += Math.min(queued, (project.agents[agent]?.scale ?? 0) - inFlight);
  }
  return {
    number,
    asked: emptyTally(),
    tick: emptyTally(),
    admitted: 0,
    over: 0,
    queued: count.queued,
    ready,
    launching: count.launching,
    running: Math.max(running.size, count.running + count.ending),
    unclean: runs.size - clean(),
  };
}

function withoutSchedules({ project }: Herd): Herd['project'] {
  const agents = Object.entries(project.agents).map(
    ([name, agent]) => [name, { ...agent, schedule: null }] as const,
  );
  return { ...project, agents: Object.fromEntries(agents) };
}

/** What the function `webhook` does with a delivery whose signature was found good. */
async function deliver(
  world: World,
  lived: Lived,
  { worker: { source, repo } }: Arrival,
  number: number,
): Promise<void> {
  try {
    const runs = Object.values(await world.deliver(`delivery-${number}`, { repo }, source));
    // Each is for one agent.
    if (runs.length === 1) lived.answered += 1;
    else lived.refused += 1;
    lived.promised.push(...runs);
  } catch {
    lived.refused += 1;
  }
}
