import { describe, expect, it } from 'vitest';
import { noteUsage, readUsage } from '../shared/runs/usage.ts';
import { type Control, controlOf } from './control.ts';
import { projectOf } from './project.ts';
import { createWorld, type World } from './world.ts';

const dayMs = 86_400_000;
const noBudget = { runsPerDay: null, minutesPerDay: null, failuresInARow: null };

async function worldOf(): Promise<{ world: World; api: Control }> {
  const project = projectOf({
    triage: { budget: { ...noBudget, dollarsPerDay: 4 } },
    mender: { webhooks: [] },
  });
  const world = await createWorld({ project });
  return { world, api: await controlOf(world) };
}

/** A run that costs this for its models. */
async function ran(world: World, id: string, models: number): Promise<void> {
  const { triage = '' } = await world.deliver(id);
  await world.settle();
  const usage = readUsage({ cost: models }, '2026-03-01T12:00:00.000000000Z');
  if (usage) await noteUsage(world.ports, world.releases, triage, () => usage);
  await world.exit(triage, { exitCode: 0 });
}

describe('GET /v1/costs', () => {
  it('sums up what runs have cost by agent and by day, the dearest and the newest first', async () => {
    const { world, api } = await worldOf();
    await ran(world, '1', 0.5);
    await world.advance(dayMs);
    await ran(world, '2', 1);
    await ran(world, '3', 2);

    const { status, json } = await api.get('/v1/costs');
    expect(status).toBe(200);
    expect(json).toMatchObject({ from: '2026-02-01', to: '2026-03-02', timezone: 'UTC' });
    expect(json.total).toMatchObject({ runs: 3, models: 3.5 });
    expect(json.total.total).toBeCloseTo(
      json.total.compute + json.total.controlPlane + json.total.models,
      8,
    );
    const days = (of: { days: { day: string; runs: number; models: number }[] }) =>
      of.days.map(({ day, runs, models }) => [day, runs, models]);
    const expected = [
      ['2026-03-02', 2, 3],
      ['2026-03-01', 1, 0.5],
    ];
    expect(days(json)).toEqual(expected);
    const [triage, mender] = json.agents;
    expect(triage).toMatchObject({ agent: 'triage', runs: 3, dollarsPerDay: 4 });
    expect(days(triage)).toEqual(expected);
    expect(triage.today).toBeCloseTo(triage.days[0].total, 8);
    expect(mender).toMatchObject({ agent: 'mender', runs: 0, total: 0, days: [], today: 0 });
    expect(json.idleDay).toBeGreaterThan(0);
    expect(json.idleDay).toBeLessThan(0.05);
  });

  it('looks at as many days as it is asked for, today included', async () => {
    const { world, api } = await worldOf();
    await ran(world, '1', 0.5);
    await world.advance(dayMs);
    await ran(world, '2', 1);
    const { json } = await api.get('/v1/costs?days=1');
    expect(json).toMatchObject({ from: '2026-03-02', to: '2026-03-02', total: { models: 1 } });
    for (const days of ['0', '63', '-1', '1.5', 'x', '']) {
      expect((await api.get(`/v1/costs?days=${days}`)).status, days).toBe(400);
    }
  });

  it('knows one agent, also one that the project had before, and none that never was', async () => {
    const { world, api } = await worldOf();
    await ran(world, '1', 0.5);
    await world.publish(projectOf({ mender: {} }));
    const { json } = await api.get('/v1/costs?agent=triage');
    expect(json.agents.map(({ agent }: { agent: string }) => agent)).toEqual(['triage']);
    expect(json.agents[0]).toMatchObject({ runs: 1, dollarsPerDay: null });
    expect((await api.get('/v1/costs')).json.agents).toHaveLength(2);
    expect((await api.get('/v1/costs?agent=mender')).json.total.runs).toBe(0);
    expect((await api.get('/v1/costs?agent=nobody')).status).toBe(404);
  });

  it('reads what an older Drover wrote: no days, and no dollars', async () => {
    const { world, api } = await worldOf();
    const spend = { day: '2026-03-01', runs: 3, seconds: 9 };
    const old = { inFlight: [], paused: null, spend };
    await world.ports.documents.commit([{ op: 'create', path: 'agents/triage', data: old }]);
    const { status, json } = await api.get('/v1/costs');
    expect(status).toBe(200);
    expect(json.agents[0]).toMatchObject({ runs: 0, total: 0, today: 0 });
    await ran(world, '1', 0.5);
    expect((await api.get('/v1/costs')).json.total.models).toBe(0.5);
  });
});

describe('a run of the control API', () => {
  it('says what it has cost, and nothing while it is not over', async () => {
    const { world, api } = await worldOf();
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect((await api.get(`/v1/runs/${triage}`)).json.cost).toBeNull();
    await world.advance(1_000);
    await world.exit(triage, { exitCode: 0 });
    const { json } = await api.get(`/v1/runs/${triage}`);
    expect(json.cost).toMatchObject({ models: 0, day: '2026-03-01' });
    expect(json.cost.total).toBeGreaterThan(0.001);
    expect(json.resources).toMatchObject({ cpus: '1', memory: '512Mi' });
  });
});
