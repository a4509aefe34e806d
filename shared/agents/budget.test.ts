import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import type { DayCosts } from '../costs/day-costs.ts';
import type { RunCost } from '../costs/run-cost.ts';
import type { Agent, Budget } from '../projects/project.ts';
import type { RunState } from '../runs/states.ts';
import {
  afterModels,
  afterRun,
  budgetLeft,
  dayOf,
  isFailure,
  nextDay,
  takeBudget,
} from './budget.ts';
import { resumeAgent } from './pause.ts';
import { readAgentState, type Spend } from './state.ts';
import { admit } from './test-runs.ts';

const noBudget: Budget = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };
const spent = (
  runs: number,
  seconds = 0,
  day = '2026-03-01',
  dollars = 0,
): { spend: Spend; days: DayCosts } => ({
  spend: { day, runs, seconds, dollars },
  days: {},
});
/** What a run has cost. */
const costing = (total: number, day = '2026-03-01'): RunCost => ({
  compute: 0,
  controlPlane: 0,
  models: total,
  total,
  day,
  prices: '2026-01-01',
});

describe('the day of a budget', () => {
  const at = (time: string, zone: string) => dayOf(Date.parse(time), zone);

  it('is that of the time zone of the project', () => {
    expect(at('2026-03-01T23:30:00Z', 'UTC')).toBe('2026-03-01');
    expect(at('2026-03-01T23:30:00Z', 'Europe/Berlin')).toBe('2026-03-02');
    expect(at('2026-03-01T02:00:00Z', 'America/New_York')).toBe('2026-02-28');
    expect(at('2026-12-31T23:30:00Z', 'Asia/Tokyo')).toBe('2027-01-01');
  });

  const next = (time: string, zone: string) =>
    new Date(nextDay(Date.parse(time), zone)).toISOString();

  it('ends at midnight there, whatever the clocks do on that day', () => {
    expect(next('2026-03-01T12:00:00Z', 'UTC')).toBe('2026-03-02T00:00:00.000Z');
    expect(next('2026-03-01T23:59:59.999Z', 'UTC')).toBe('2026-03-02T00:00:00.000Z');
    expect(next('2026-03-02T00:00:00.000Z', 'UTC')).toBe('2026-03-03T00:00:00.000Z');
    // Clocks go forward on this day, and back on that.
    expect(next('2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
    expect(next('2026-10-24T22:30:00Z', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z');
    expect(next('2026-03-01T12:00:00Z', 'Asia/Kathmandu')).toBe('2026-03-01T18:15:00.000Z');
    // There was no 30 December 2011.
    expect(next('2011-12-29T12:00:00Z', 'Pacific/Apia')).toBe('2011-12-30T10:00:00.000Z');
  });
});

describe('a budget', () => {
  it('leaves everything where there is none', () => {
    expect(budgetLeft(spent(1_000, 100_000), noBudget, '2026-03-01')).toBe(Infinity);
  });

  it('leaves as many runs as were not taken on that day', () => {
    const budget = { ...noBudget, runsPerDay: 5 };
    expect(budgetLeft(spent(3), budget, '2026-03-01')).toBe(2);
    expect(budgetLeft(spent(9), budget, '2026-03-01')).toBe(0);
    expect(budgetLeft(spent(9), budget, '2026-03-02')).toBe(5);
  });

  it('leaves nothing once the minutes are spent', () => {
    const budget = { ...noBudget, minutesPerDay: 10 };
    expect(budgetLeft(spent(3, 599), budget, '2026-03-01')).toBe(Infinity);
    expect(budgetLeft(spent(3, 600), budget, '2026-03-01')).toBe(0);
    expect(budgetLeft(spent(3, 600), budget, '2026-03-02')).toBe(Infinity);
  });

  it('leaves nothing once the dollars are spent', () => {
    const budget = { ...noBudget, dollarsPerDay: 2.5 };
    expect(budgetLeft(spent(3, 0, '2026-03-01', 2.49), budget, '2026-03-01')).toBe(Infinity);
    expect(budgetLeft(spent(3, 0, '2026-03-01', 2.5), budget, '2026-03-01')).toBe(0);
    expect(budgetLeft(spent(3, 0, '2026-03-01', 2.5), budget, '2026-03-02')).toBe(Infinity);
    expect(budgetLeft(spent(3, 0, '2026-03-01', 2.5), noBudget, '2026-03-01')).toBe(Infinity);
  });

  it('is never given twice because a clock is behind', () => {
    const budget = { ...noBudget, runsPerDay: 5 };
    expect(budgetLeft(spent(4, 0, '2026-03-02'), budget, '2026-03-01')).toBe(1);
    expect(takeBudget(spent(4, 0, '2026-03-02'), 1, '2026-03-01').spend).toEqual(
      spent(5, 0, '2026-03-02').spend,
    );
  });

  it('counts what is taken, and begins anew with the day', () => {
    const first = spent(3, 7, '2026-03-01', 0.5);
    expect(takeBudget(first, 2, '2026-03-01').spend).toEqual({ ...first.spend, runs: 5 });
    expect(takeBudget(first, 2, '2026-03-02').spend).toEqual(spent(2, 0, '2026-03-02').spend);
  });
});

describe('the end of a run', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const state = { failures: 2, ...spent(3, 10), paused: null };
  const failing: Pick<Agent, 'budget'> = { budget: { ...noBudget, failuresInARow: 3 } };
  const stateAfter = (failed: boolean | null, agent = failing, from: typeof state = state) =>
    afterRun(from, agent, { failed, seconds: 4.2, cost: costing(0.25), day: '2026-03-01', now });

  it('counts as a failure, a success or neither', () => {
    const states: RunState[] = ['failed', 'timed_out', 'lost', 'succeeded', 'killed', 'cancelled'];
    expect(states.map(isFailure)).toEqual([true, true, true, false, null, null]);
  });

  it('adds its seconds, rounded up, to the day it ended on', () => {
    expect(stateAfter(false).spend).toEqual({
      day: '2026-03-01',
      runs: 3,
      seconds: 15,
      dollars: 0.25,
    });
    const cost = costing(1, '2026-03-02');
    const next = { failed: false, seconds: 4, cost, day: '2026-03-02', now };
    expect(afterRun(state, failing, next).spend).toEqual({
      day: '2026-03-02',
      runs: 0,
      seconds: 4,
      dollars: 1,
    });
  });

  it('stands in the sums of its day, and so does what its models are told to cost later', () => {
    const once = { ...state, ...stateAfter(false) };
    const twice = { ...once, ...stateAfter(true, failing, { ...once, paused: null }) };
    expect(twice.days).toEqual({
      '2026-03-01': { runs: 2, seconds: 10, compute: 0, controlPlane: 0, models: 0.5 },
    });
    const later = afterModels(twice, '2026-03-01', 1.5);
    expect(later.spend.dollars).toBe(2);
    expect(later.days['2026-03-01']).toMatchObject({ runs: 2, models: 2 });
    // Of another day than the one that is counted now.
    const past = afterModels({ ...twice, ...spent(1, 1, '2026-03-02', 7) }, '2026-03-01', 1.5);
    expect(past.spend.dollars).toBe(7);
  });

  it('goes on with the streak of failures, ends it, or leaves it as it is', () => {
    expect(stateAfter(true).failures).toBe(3);
    expect(stateAfter(false).failures).toBe(0);
    expect(stateAfter(null).failures).toBe(2);
  });

  it('pauses the agent after as many failures in a row as it may have, and says so', () => {
    expect(stateAfter(true).paused).toEqual({
      at: '2026-03-01T12:00:00.000Z',
      by: 'drover',
      why: '3 runs in a row failed',
    });
    expect(stateAfter(true, { budget: { ...noBudget, failuresInARow: 4 } })).not.toHaveProperty(
      'paused',
    );
    expect(stateAfter(true, { budget: noBudget })).not.toHaveProperty('paused');
    expect(stateAfter(null)).not.toHaveProperty('paused');
  });

  it('says of a first failure that was one too many that it was one run', () => {
    const budget = { ...noBudget, failuresInARow: 1 };
    const end = { failed: true, seconds: 1, cost: costing(0), day: '2026-03-01', now };
    const { paused } = afterRun({ ...state, failures: 0 }, { budget }, end);
    expect(paused?.why).toBe('1 run failed');
  });

  it('pauses nobody for a run that was neither a success nor a failure, however long the streak is', () => {
    const end = { failed: null, seconds: 1, cost: costing(0), day: '2026-03-01', now };
    expect(afterRun({ ...state, failures: 9 }, failing, end)).not.toHaveProperty('paused');
  });

  it('leaves a pause alone that somebody else has made', () => {
    const paused = { at: '', by: 'me', why: '' };
    const end = { failed: true, seconds: 1, cost: costing(0), day: '2026-03-01', now };
    expect(afterRun({ ...state, paused }, failing, end)).not.toHaveProperty('paused');
  });
});

describe('an agent with a budget', () => {
  const budgeted = (budget: Partial<Budget>) =>
    projectOf({ triage: { scale: 5, budget: { ...noBudget, ...budget } } });

  it('starts no more runs than its day allows, and the rest at midnight', async () => {
    const world = await createWorld({ project: budgeted({ runsPerDay: 2 }) });
    for (let n = 0; n < 5; n += 1) await world.deliver(String(n));
    await world.advance(3_600_000);
    expect(world.started).toHaveLength(2);
    await world.advance(11 * 3_600_000 + 1_001);
    expect(world.started).toHaveLength(4);
    expect((await readAgentState(world.ports, 'triage')).data.spend.runs).toBe(2);
  });

  it('plans one look at midnight, however often it is woken', async () => {
    const world = await createWorld({ project: budgeted({ runsPerDay: 1 }) });
    for (let n = 0; n < 9; n += 1) {
      await world.deliver(String(n));
      await world.settle();
    }
    let looks = 0;
    const { count } = world.ports.documents;
    world.ports.documents.count = (query) => {
      looks += 1;
      return count(query);
    };
    const midnight = Date.parse('2026-03-02T00:00:00Z');
    await world.advance(midnight - world.ports.clock.now() - 1);
    looks = 0;
    await world.advance(1_002);
    expect(looks).toBe(1);
    expect(world.started).toHaveLength(2);
  });

  it('starts nothing more on a day whose minutes its containers have used', async () => {
    const world = await createWorld({ project: budgeted({ minutesPerDay: 1 }) });
    const first = (await world.deliver('1')).triage ?? '';
    await world.advance(59_000);
    await world.deliver('2');
    await world.advance(500);
    expect(world.started).toHaveLength(2);
    await world.exit(first, { exitCode: 0 });
    await world.advance(1_000);
    await world.deliver('3');
    await world.advance(60_000);
    await world.deliver('4');
    await world.advance(60_000);
    expect(world.started.length).toBeLessThan(4);
    const { spend } = (await readAgentState(world.ports, 'triage')).data;
    expect(spend.seconds).toBeGreaterThanOrEqual(60);
  });

  it('starts nothing more on a day whose dollars its runs have come to, and the rest at midnight', async () => {
    // A minute of a container this size costs $0.00114, and Drover's part of it is less than $0.0002.
    const world = await createWorld({ project: budgeted({ dollarsPerDay: 0.002 }) });
    for (let n = 0; n < 3; n += 1) {
      const { triage: run = '' } = await world.deliver(String(n));
      await world.advance(20_000);
      if (n < 2) await world.exit(run, { exitCode: 0 });
    }
    expect(world.started).toHaveLength(2);
    const { spend } = (await readAgentState(world.ports, 'triage')).data;
    expect(spend.dollars).toBeGreaterThan(0.002);
    expect(spend.dollars).toBeLessThan(0.003);
    await world.advance(12 * 3_600_000);
    expect(world.started).toHaveLength(3);
  });

  it('never takes more than the budget when many take at once', async () => {
    const world = await createWorld({ project: budgeted({ runsPerDay: 3 }) });
    await Promise.all(Array.from({ length: 5 }, (_, n) => admit(world.ports, 'triage', n)));
    await Promise.all(Array.from({ length: 4 }, (_, n) => world.deliver(String(n))));
    await world.settle();
    expect(world.started).toHaveLength(3);
  });
});

describe('an agent that fails too often', () => {
  it('pauses itself, keeps what comes, and begins anew when it is resumed', async () => {
    const budget = { ...noBudget, failuresInARow: 2 };
    const project = projectOf({ triage: { maxWorkQueueSize: 2, budget } });
    const world = await createWorld({ project, container: () => ({ exitCode: 1 }) });
    for (let n = 0; n < 8; n += 1) {
      await world.deliver(String(n));
      await world.settle();
    }
    expect(world.started).toHaveLength(2);
    const { paused } = (await readAgentState(world.ports, 'triage')).data;
    expect(paused).toMatchObject({ by: 'drover', why: '2 runs in a row failed' });
    world.container = () => ({ exitCode: 0 });
    await resumeAgent(world.ports, 'triage', { who: 'me', why: 'mended' });
    await world.settle();
    const { failures } = (await readAgentState(world.ports, 'triage')).data;
    expect(failures).toBe(0);
    expect(world.started).toHaveLength(8);
  });
});
