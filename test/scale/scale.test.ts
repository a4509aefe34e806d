import { describe, expect, test, vi } from 'vitest';
import { projectOf } from '../project.ts';
import { chance } from '../sim/random.ts';
import { createWorld } from '../world.ts';
import { herdOf } from './herd.ts';
import { type Lived, live, type Scenario } from './live.ts';
import { readOptions } from './options.ts';
import { costOf, report, uses } from './report.ts';
import { type Arrival, burstOf, dayOf } from './traffic.ts';
import { judge } from './verdict.ts';

const minuteMs = 60_000;
/** Thousands of runs take some seconds of CPU, and more where others compute as well. */
vi.setConfig({ testTimeout: 300_000 });

interface Small {
  agents: number;
  runs: number;
  hours: number;
  writesPerMinute?: number;
  scale?: number;
}

/** A short day of some agents. */
function someDay({ agents, runs, hours, writesPerMinute, scale = 8 }: Small): Promise<Lived> {
  const draws = chance(7);
  const herd = herdOf({ agents, scale, maxWorkQueueSize: 10_000 }, draws);
  const scenario: Scenario = {
    herd,
    arrivals: dayOf(herd, runs, hours, draws),
    lastsMs: Math.ceil(hours * 60) * minuteMs,
    writesPerMinute,
    chance: draws,
  };
  return live(scenario);
}

describe('a burst of 200 deliveries to one agent of scale 8', () => {
  test('loses nothing, keeps the order, and is held back by the scale alone', async () => {
    const draws = chance(3);
    const herd = herdOf({ agents: 1, scale: 8, maxWorkQueueSize: 10_000 }, draws);
    const arrivals = burstOf(herd, 200);
    const lived = await live({
      herd,
      arrivals,
      lastsMs: minuteMs,
      writesPerMinute: 60,
      chance: draws,
    });
    expect(judge(lived)).toEqual([]);
    expect(lived.answered).toBe(200);
    expect(Math.max(...lived.minutes.map(({ running }) => running))).toBeLessThanOrEqual(8);
    const busy = lived.minutes.filter(({ queued }) => queued > 8);
    expect(busy.length).toBeGreaterThan(5);
    // Looked at once a minute, a moment at which several have just ended is chance; their mean is not.
    const taken = busy.slice(1).map(({ running, launching }) => running + launching);
    const mean = taken.reduce((sum, count) => sum + count, 0) / taken.length;
    expect(mean / 8).toBeGreaterThan(0.85);
  });
});

describe('one delivery', () => {
  test('starts all of the 200 agents that a project may have, however large its event', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `agent-${index}`);
    const world = await createWorld({
      project: projectOf(Object.fromEntries(names.map((name) => [name, {}]))),
    });
    const runs = await world.deliver('1', {
      title: 't'.repeat(4_000),
      body: 'b'.repeat(4_000),
      comment: 'c'.repeat(4_000),
      labels: Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(100, 'x')),
    });
    expect(Object.keys(runs)).toHaveLength(200);
    await world.advance(2_000);
    expect(world.running.size).toBe(200);
  });
});

describe('more runs than the quota of Cloud Run lets start', () => {
  test('wait in order, use the quota up, and none fails for it', async () => {
    const lived = await someDay({ agents: 50, runs: 1_500, hours: 0.4, writesPerMinute: 120 });
    expect(judge(lived)).toEqual([]);
    const [writes, , executions, secretWrites] = uses(lived, 120);
    expect(writes?.whileWaiting).toBeGreaterThan(0.9 * 120);
    expect(executions?.most).toBeLessThan(1_000);
    expect(secretWrites?.refusals).toBe(0);
    // A launch that was refused was tried again, and most were not refused.
    const launches = [...lived.ledger.runs.values()].reduce((sum, run) => sum + run.launches, 0);
    expect(launches / lived.ledger.runs.size).toBeLessThan(1.5);
    const last = report(lived, 120).at(-1);
    expect(last).toContain(`all, without the ticks: ${lived.ledger.runs.size}`);
  });
});

describe('operations of Firestore', () => {
  test('are as many a run, and in a sweep as many for what is open, however many runs there were', async () => {
    const few = await someDay({ agents: 25, runs: 50, hours: 0.3, scale: 50 });
    const many = await someDay({ agents: 25, runs: 1_000, hours: 0.3, scale: 50 });
    expect([...judge(few), ...judge(many)]).toEqual([]);
    const [one, other] = [few, many].map(({ minutes }) => costOf(minutes, { ticks: false }));
    for (const name of ['operations', 'documentsRead', 'writes', 'tasks'] as const) {
      const ratio = (other?.[name] ?? 0) / (one?.[name] ?? 0);
      expect(ratio, name).toBeLessThan(1.2);
      expect(ratio, name).toBeGreaterThan(0.8);
    }
    let open = 0;
    for (const { tick, unclean } of many.minutes) {
      // What the tick found at the beginning of its minute.
      expect(tick.documentsRead).toBeLessThanOrEqual(20 + 2 * open);
      open = unclean;
    }
  });
});

describe('the verdict', () => {
  test('names what was promised and never admitted, what did not end, and who was overtaken', async () => {
    const lived = await someDay({ agents: 2, runs: 5, hours: 0.1 });
    expect(judge(lived)).toEqual([]);
    const [id = '', run] = [...lived.ledger.runs][0] ?? [];
    if (run) Object.assign(run, { state: 'queued', isClean: false });
    lived.promised.push('nobody');
    lived.ledger.overtaking.push(id);
    lived.ledger.ended.set('failed: launch_failed', 2);
    expect(judge({ ...lived, refused: 1, leftovers: 3 })).toEqual([
      '1 runs were promised and never admitted: nobody',
      '1 deliveries were not answered',
      `1 runs did not end: ${id}`,
      '3 jobs and secrets are left',
      `1 runs were overtaken: ${id}`,
      '2 runs ended failed: launch_failed',
    ]);
  });
});

describe('the options', () => {
  test('are a day of 100,000 runs over 200 agents with the quotas of Google', () => {
    expect(readOptions([])).toEqual({
      runs: 100_000,
      agents: 200,
      hours: 24,
      burst: undefined,
      quota: 60,
      seed: 1,
    });
  });

  test.each([
    [['--quotas', 'none'], undefined],
    [['--quotas', 'google'], 60],
    [['--quotas', '300'], 300],
  ])('%j sets the quota', (args, quota) => {
    expect(readOptions(args)?.quota).toBe(quota);
  });

  test.each([[['--runs', 'many']], [['--hours', '0']], [['--speed', '1']]])(
    '%j is not understood',
    (args) => {
      expect(readOptions(args)).toBeUndefined();
    },
  );
});

describe('the traffic', () => {
  const draws = chance(1);
  const herd = herdOf({ agents: 20, scale: 8, maxWorkQueueSize: 100 }, draws);

  test('of a day comes in order, and by day more than by night', () => {
    const day = dayOf(herd, 5_000, 24, draws);
    expect(day).toHaveLength(5_000);
    expect(day.map(({ at }) => at)).toEqual(day.map(({ at }) => at).sort((a, b) => a - b));
    const between = (from: number, to: number): Arrival[] =>
      day.filter(({ at }) => at >= from * 3_600_000 && at < to * 3_600_000);
    expect(between(9, 12).length).toBeGreaterThan(3 * between(1, 4).length);
  });

  test('of a burst comes within a second, to one agent', () => {
    const burst = burstOf(herd, 300);
    expect(new Set(burst.map(({ worker }) => worker.name)).size).toBe(1);
    expect(Math.max(...burst.map(({ at }) => at))).toBeLessThan(1_000);
  });
});
