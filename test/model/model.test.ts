import { describe, expect, it } from 'vitest';
import { ask } from '../ask.ts';
import { follow, type Model } from './model.ts';
import { createReal } from './real.ts';

/** A real run that is queued, and the model of it. */
async function queued() {
  const real = await createReal();
  const model: Model = { runs: new Map(), seen: new Set() };
  const run = await ask(real.world, 'solo');
  await follow(model, real, { events: [], admits: true });
  const update = (path: string, fields: { [field: string]: string | number | string[] }) =>
    real.ports.documents.commit([{ op: 'update', path, fields }]);
  return { real, model, run, update };
}

const nothing = { events: [] } as const;

describe('the model', () => {
  it('agrees where nothing happened', async () => {
    const { real, model, run } = await queued();
    await follow(model, real, nothing);
    expect([...model.runs]).toEqual([[run, { state: 'queued', events: 0 }]]);
    expect(model.seen.size).toBe(0);
  });

  it('finds a run that nobody asked for', async () => {
    const { real, model } = await queued();
    await ask(real.world, 'pair');
    await expect(follow(model, real, nothing)).rejects.toThrow('nobody asked for it');
  });

  it('finds a state that no journal tells of', async () => {
    const { real, model, run, update } = await queued();
    await update(`runs/${run}`, { state: 'succeeded' });
    await expect(follow(model, real, nothing)).rejects.toThrow(`the state of ${run}`);
  });

  it.each([
    ['succeed', 'succeeded', 'the table has no such edge'],
    ['launch', 'running', 'the table has no such edge'],
    ['launch', 'launching', 'not by this command'],
  ])('finds an entry for %s in queued that leads to %s', async (event, to, why) => {
    const { real, model, run, update } = await queued();
    await real.ports.documents.commit([
      { op: 'set', path: `runs/${run}/events/00000`, data: { event, from: 'queued', to, why: '' } },
    ]);
    await update(`runs/${run}`, { state: to, events: 1 });
    await expect(follow(model, real, nothing)).rejects.toThrow(why);
  });

  it('finds a slot of a run whose state has none', async () => {
    const { real, model, run } = await queued();
    await real.ports.documents.commit([
      { op: 'set', path: 'agents/solo', data: { inFlight: [run] } },
    ]);
    await expect(follow(model, real, nothing)).rejects.toThrow();
  });
});
