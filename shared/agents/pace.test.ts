import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { CloudError, type Ports } from '../ports/index.ts';
import { allowedAt, gapOf, giveTime, type Pace, slowDown, slower } from './pace.ts';
import { readAgentState, readCurrent } from './state.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const minuteMs = 60_000;
const refusal = (launching: number) => ({ isFirst: true, launching });
/** The time of an agent that wants one, and the pace with it. */
const given = (pace: Pace, at: number): { at: number; pace: Pace } => {
  const found = giveTime(pace, { isUsed: false, isWanted: true }, at);
  return { at: later(found?.launchAt ?? null, 0), pace: found?.pace ?? pace };
};
const later = (at: Date | null, ms: number): number => (at?.getTime() ?? 0) + ms;

describe('the pace of a project', () => {
  it('is none before a quota was in the way', () => {
    expect(gapOf(null, now)).toBe(0);
    expect(allowedAt(null, null, now)).toEqual({
      most: Number.POSITIVE_INFINITY,
      needsTime: false,
    });
  });

  it('widens the gap at refusals, once in half a minute', () => {
    const first = slower(null, refusal(0), now);
    const soon = slower(first, refusal(0), now + 20_000);
    const afterwards = slower(soon, refusal(0), now + 31_000);
    expect(soon.gapMs).toBe(first.gapMs);
    expect(afterwards.gapMs).toBeGreaterThan(first.gapMs);
    expect(soon.refusedAt).toEqual(new Date(now + 20_000));
  });

  it('sets the gap to what it was between those that got through, and never narrower', () => {
    const pace: Pace = { ...slower(null, refusal(0), now), launched: 70, refused: 10 };
    const at = now + 2 * minuteMs;
    const known: Pace = { ...pace, gapMs: 1_500, nextLaunch: new Date(at) };
    expect(slower(known, refusal(0), at)).toMatchObject({ launched: 0, refused: 0 });
    expect(slower(known, refusal(0), at).gapMs).toBeCloseTo(1.05 * 2_000);
    expect(slower({ ...known, gapMs: 500 }, refusal(0), at).gapMs).toBe(1_000);
    expect(slower({ ...known, gapMs: 5_000 }, refusal(0), at).gapMs).toBe(5_000);
    expect(slower({ ...known, refused: 69 }, refusal(0), at).gapMs).toBeCloseTo(1_500 * 1.3);
  });

  it('counts what agents launch at their times, and what of it is refused', () => {
    const first = slower(null, refusal(0), now);
    const used = giveTime(first, { isUsed: true, isWanted: false }, now);
    expect(used).toMatchObject({ launchAt: null, pace: { launched: 1 } });
    expect(given(first, now).pace.launched).toBe(0);
    expect(slower(first, refusal(0), now + 1_000).refused).toBe(1);
    expect(slower(first, { isFirst: false, launching: 0 }, now + 1_000).refused).toBe(0);
    expect(giveTime(first, { isUsed: false, isWanted: false }, now)).toBeUndefined();
    expect(giveTime(null, { isUsed: false, isWanted: true }, now)).toBeUndefined();
  });

  it('lets those go first that were sent back, a gap each', () => {
    const pace = slower(null, refusal(100), now);
    expect(pace.nextLaunch.getTime()).toBeGreaterThanOrEqual(now + 100 * pace.gapMs);
    expect(slower(pace, refusal(1), now + 1_000).nextLaunch).toEqual(pace.nextLaunch);
  });

  it('gives times that are a gap apart, and narrows it where none is refused', () => {
    let pace: Pace = slower(null, refusal(0), now);
    const { gapMs } = pace;
    let last = 0;
    for (let at = later(pace.nextLaunch, 0); at < now + 5 * minuteMs; at += 1_000) {
      const { at: due, pace: next } = given(pace, at);
      if (last > at) expect(due - last).toBeGreaterThanOrEqual(pace.gapMs - 1);
      expect(due).toBeGreaterThanOrEqual(at);
      last = due;
      pace = next;
    }
    expect(pace.gapMs).toBeLessThan(gapMs);
    expect(pace.gapMs).toBeGreaterThan(gapMs / 10);
  });

  it('narrows it the less for one the further ahead these times reach', () => {
    const pace = slower(null, refusal(0), now);
    const ahead: Pace = { ...pace, nextLaunch: new Date(later(pace.nextLaunch, 10 * minuteMs)) };
    const at = later(pace.refusedAt, 15_000);
    expect(given(ahead, at).pace.gapMs).toBeGreaterThan(given(pace, at).pace.gapMs);
  });

  it('lets an agent launch one run at its time, and none before, much later, or just after a refusal', () => {
    const pace = slower(null, refusal(0), now - minuteMs);
    const due = new Date(now);
    expect(allowedAt(pace, due, now)).toEqual({ most: 1, needsTime: true });
    expect(allowedAt(pace, due, now - 1)).toEqual({ most: 0, needsTime: false });
    expect(allowedAt({ ...pace, nextLaunch: due }, due, now + 2 * minuteMs).most).toBe(0);
    expect(allowedAt(slower(pace, refusal(0), now), due, now + 9_000)).toEqual({
      most: 0,
      needsTime: true,
    });
    expect(allowedAt(pace, null, now)).toEqual({ most: 0, needsTime: true });
  });

  it('is over when nobody has asked for a time for two minutes', () => {
    const pace = slower(null, refusal(0), now);
    expect(gapOf(pace, later(pace.nextLaunch, 2 * minuteMs))).toBe(pace.gapMs);
    expect(gapOf(pace, later(pace.nextLaunch, 2 * minuteMs + 1))).toBe(0);
  });
});

describe('a launch that a quota refuses', () => {
  it('is put off all the same where Firestore cannot be asked', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    const ports: Ports = {
      ...world.ports,
      documents: {
        ...world.ports.documents,
        count: async () => {
          throw new CloudError('unavailable', 'away');
        },
      },
    };
    expect(await slowDown(ports, true)).toBeUndefined();
    expect((await readCurrent(world.ports))?.data.pace).toBeNull();
  });
});

const names = ['one', 'two', 'three', 'four'];

/** Agents with a queue each, in a project that may make so many administrative writes a minute. */
async function crowded(writesPerMinute: number, each: number): Promise<World> {
  const agent = { scale: 8, maxWorkQueueSize: 1_000, timeout: 600 };
  const world = await createWorld({
    project: projectOf(Object.fromEntries(names.map((name) => [name, agent]))),
    container: () => ({ exitCode: 0 }),
  });
  world.cloudRun.limit({ writesPerMinute });
  for (let index = 0; index < each; index += 1) {
    await world.deliver(String(index));
    await world.advance(1);
  }
  return world;
}

async function pass(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.advance(minuteMs);
    await world.sweep();
  }
}

describe('launches in a project that a quota holds back', () => {
  it('all get through, each at its time, and none fails', async () => {
    const world = await crowded(20, 15);
    await pass(world, 40);
    const runs = await world.runs();
    expect(runs).toHaveLength(60);
    for (const { state, cleanedAt } of runs) {
      expect(state).toBe('succeeded');
      expect(cleanedAt).not.toBeNull();
    }
  });

  it('are tried fewer than three times a run', async () => {
    const world = await crowded(20, 15);
    await pass(world, 40);
    const runs = await world.runs();
    const launches = runs.reduce((sum, { secretHashes }) => sum + secretHashes.length, 0);
    expect(launches).toBeLessThan(3 * runs.length);
  });

  it('are shared by all agents that wait, and keep the order of each', async () => {
    const world = await crowded(20, 15);
    const starts = new Map<string, number>();
    await pass(world, 4);
    const runs = await world.runs();
    for (const name of names) {
      const own = runs.filter(({ agent }) => agent === name);
      own.sort((a, b) => a.admittedAt.getTime() - b.admittedAt.getTime());
      const waiting = own.findIndex(({ state }) => state === 'queued');
      expect(own.slice(waiting).every(({ state }) => state === 'queued')).toBe(true);
      starts.set(name, waiting);
    }
    const counts = [...starts.values()];
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(8);
  });

  it('write no pace while the quota is enough', async () => {
    const world = await crowded(1_000, 5);
    await pass(world, 2);
    expect((await readCurrent(world.ports))?.data.pace).toBeNull();
    expect((await readAgentState(world.ports, 'one')).data.launchAt).toBeNull();
  });

  it('go on without a pace when the queues have been worked off', async () => {
    const world = await crowded(20, 15);
    await pass(world, 45);
    world.cloudRun.limit({ writesPerMinute: 1_000 });
    const { one = '' } = await world.deliver('afterwards');
    await world.settle();
    expect((await world.run(one)).state).toBe('succeeded');
  });
});
