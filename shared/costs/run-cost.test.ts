import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { createWorld } from '../../test/world.ts';
import { readAgentState } from '../agents/state.ts';
import { admit } from '../agents/test-runs.ts';
import { killRun } from '../runs/kill.ts';
import type { Run } from '../runs/run.ts';
import { noteUsage, readUsage } from '../runs/usage.ts';
import { pricesOf } from './prices.ts';
import { computeCost, costOf, type Resources } from './run-cost.ts';

const small: Resources = { cpus: '1', memory: '512Mi', region: 'europe-west1' };

describe('the compute of a run', () => {
  it('is CPUs and memory for as long as its container ran', () => {
    // 300 s of 0.000018 and of half of 0.000002.
    expect(computeCost(small, 300)).toBeCloseTo(0.0057, 10);
    expect(computeCost({ ...small, memory: '4Gi' }, 300)).toBeCloseTo(0.0078, 10);
    expect(computeCost({ ...small, cpus: '8', memory: '32Gi' }, 300)).toBeCloseTo(0.0624, 10);
  });

  it('is dearer in regions of the second price', () => {
    expect(computeCost({ ...small, region: 'europe-west3' }, 300)).toBeCloseTo(0.00798, 10);
  });

  it('is that of a minute at least, and of each 100 ms that was begun', () => {
    expect(computeCost(small, 1)).toBe(computeCost(small, 60));
    expect(computeCost(small, 100.01)).toBeCloseTo(computeCost(small, 100.1), 12);
    expect(computeCost(small, 100.1)).toBeGreaterThan(computeCost(small, 100));
  });

  it('is nothing of a container that never ran, and of one of which nobody knows what it had', () => {
    expect(computeCost(small, 0)).toBe(0);
    expect(computeCost(null, 300)).toBe(0);
  });
});

describe('the cost of a run', () => {
  const ended = { seconds: 300, chunks: 0, day: '2026-03-01' };
  const run = {
    resources: small,
    credentials: [],
    credentialsDelivery: 'copy',
    events: 2,
    secretHashes: ['one'],
    trigger: { type: 'manual', by: 'me', key: '' },
    usage: null,
  } as unknown as Run;

  it('is the sum of its parts, with the date of the prices', () => {
    const cost = costOf(run, ended);
    expect(cost).toMatchObject({ compute: 0.0057, models: 0, day: '2026-03-01', prices: pricesOf });
    expect(cost.total).toBe(Number((cost.compute + cost.controlPlane).toFixed(8)));
  });

  it('is that of its container and nearly nothing beside', () => {
    const { compute, controlPlane } = costOf(run, ended);
    expect(controlPlane).toBeLessThanOrEqual(0.0003);
    expect(controlPlane / compute).toBeLessThanOrEqual(0.03);
  });

  it('grows with what there is to do: credentials, launches, signals, time', () => {
    const plain = costOf(run, ended).controlPlane;
    const other = (changed: Partial<Run>, seconds = 300) =>
      costOf({ ...run, ...changed }, { ...ended, seconds }).controlPlane;
    expect(other({ credentials: ['github_token:default'] })).toBeGreaterThan(plain);
    expect(other({ secretHashes: ['one', 'two'] })).toBeGreaterThan(plain);
    expect(other({ events: 10 })).toBeGreaterThan(plain);
    expect(costOf(run, { ...ended, chunks: 5 }).controlPlane).toBeGreaterThan(plain);
    expect(other({}, 3_000)).toBeGreaterThan(plain);
    const copied = other({ credentials: ['github_token:default'] });
    const mounted = other({ credentials: ['github_token:default'], credentialsDelivery: 'direct' });
    expect(mounted).toBeLessThan(copied);
  });
});

describe('the document of a run', () => {
  it('says what it has cost in the commit of its end, and its agent sums it up by day', async () => {
    const world = await createWorld({ project: projectOf({ triage: { memory: '1Gi' } }) });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    const open = await world.run(triage);
    expect(open.cost).toBeNull();
    expect(open.resources).toEqual({ cpus: '1', memory: '1Gi', region: settings.region });
    const usage = readUsage({ cost: 0.5 }, '2026-03-01T12:00:01.000000000Z');
    if (usage) await noteUsage(world.ports, world.releases, triage, () => usage);
    await world.advance(30_000);
    await world.exit(triage, { exitCode: 0 });

    const { cost } = await world.run(triage);
    expect(cost).toMatchObject({ compute: 0.0012, models: 0.5, day: '2026-03-01' });
    const { days, spend } = (await readAgentState(world.ports, 'triage')).data;
    expect(Object.keys(days)).toEqual(['2026-03-01']);
    const { compute, controlPlane, models, runs } = days['2026-03-01'] ?? {};
    expect({ compute, controlPlane, models, runs }).toEqual({
      compute: cost?.compute,
      controlPlane: cost?.controlPlane,
      models: 0.5,
      runs: 1,
    });
    expect(spend.dollars).toBe(cost?.total);
  });

  it('of one that never started says what it took to admit it, and stands in no sum', async () => {
    const world = await createWorld({ project: projectOf({ triage: { scale: 0 } }) });
    const id = await admit(world.ports, 'triage', 1);
    await killRun(world.ports, world.releases, id, { who: 'me', why: '' });
    const { cost } = await world.run(id);
    expect(cost).toMatchObject({ compute: 0, models: 0, day: null });
    expect(cost?.total).toBeGreaterThan(0);
    expect(cost?.total).toBeLessThan(0.0001);
    expect((await readAgentState(world.ports, 'triage')).data.days).toEqual({});
  });

  it('of a run that follows knows its region as the one before did', async () => {
    const project = projectOf({
      triage: { retry: { attempts: 1, exitCodes: null, backoff: 0, maxBackoff: 0 } },
    });
    const world = await createWorld({ project });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.exit(triage, { exitCode: 1 });
    const { next } = await world.run(triage);
    expect((await world.run(next ?? '')).resources?.region).toBe(settings.region);
  });
});
