import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { runLabels } from '../runs/labels.ts';
import { removeOrphans } from './orphans.ts';
import { sweep } from './sweep.ts';

const longMs = 10 * 60_000;

describe('the sweep', () => {
  it('finds nothing to do when nothing is overdue', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.deliver('1');
    await world.settle();
    expect(await sweep(world.ports)).toEqual({ overdue: 0, orphans: 0 });
  });

  it('leaves a queue that waits for a slot alone for a while once it was looked at', async () => {
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, timeout: 3_600 } }),
    });
    for (const id of ['1', '2', '3']) await world.deliver(id);
    await world.settle();
    await world.advance(60_000);
    expect((await sweep(world.ports)).overdue).toBe(2);
    await world.advance(60_000);
    expect((await sweep(world.ports)).overdue).toBe(1);
  });

  it('looks at a long run less and less often', async () => {
    const world = await createWorld({ project: projectOf({ triage: { timeout: 7_200 } }) });
    await world.deliver('1');
    await world.settle();
    let found = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      await world.advance(60_000);
      found += (await sweep(world.ports)).overdue;
      await world.settle();
    }
    expect(found).toBeLessThanOrEqual(8);
    expect(found).toBeGreaterThan(2);
  });
});

describe('what has no owner', () => {
  it('is removed: job and secrets of a run that is over and clean', async () => {
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      container: () => ({ exitCode: 0 }),
    });
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    const labels = runLabels(triage, 'triage');
    await world.ports.secrets.create({ id: 'late', labels });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  });

  it('is removed: a secret whose run document is gone', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.ports.secrets.create({
      id: 'lost',
      labels: runLabels('triage-aaaaaaaa', 'triage'),
    });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(1);
  });

  it('is left alone while it is young, and while its run is not over', async () => {
    const world = await createWorld({ project: projectOf({ triage: { timeout: 7_200 } }) });
    await world.ports.secrets.create({
      id: 'young',
      labels: runLabels('triage-aaaaaaaa', 'triage'),
    });
    expect(await removeOrphans(world.ports)).toBe(0);
    await world.ports.secrets.delete('young');
    await world.deliver('1');
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(0);
    expect(await world.leftovers()).toHaveLength(2);
  });

  it('is not looked for among what is not ours', async () => {
    const world = await createWorld({ project: projectOf({ triage: {} }) });
    await world.ports.secrets.create({ id: 'theirs', labels: { app: 'shop' } });
    await world.advance(longMs);
    expect(await removeOrphans(world.ports)).toBe(0);
    expect(await world.ports.secrets.get('theirs')).toBeDefined();
  });
});
