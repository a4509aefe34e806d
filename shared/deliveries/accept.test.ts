import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { causeOf, runIds } from '../runs/names.ts';
import type { Run } from '../runs/run.ts';
import type { Delivery } from './delivery.ts';

async function deliveryOf(world: World, id: string): Promise<Delivery> {
  const found = await world.ports.documents.get<Delivery>(`deliveries/github:${id}`);
  if (!found) throw new Error(`no delivery ${id}`);
  return found.data;
}

const byLabel = (label: string) => ({
  webhooks: [{ source: 'github', filters: { labels: [label] }, if: null }],
});

describe('accepting a delivery', () => {
  it('admits one run for each agent that matches, and says why the others did not', async () => {
    const project = projectOf({
      dev: byLabel('agent'),
      review: byLabel('review'),
      idle: { scale: 0 },
      deaf: { webhooks: [] },
    });
    const world = await createWorld({ project });
    const runs = await world.deliver('1', { labels: ['agent', 'bug'] });
    expect(Object.keys(runs)).toEqual(['dev']);
    expect(await deliveryOf(world, '1')).toMatchObject({
      sources: ['github'],
      isSigned: true,
      summary: 'issues.labeled started dev',
      outcome: 'ran',
      runs,
      unmatched: {
        review: ['labels: wanted review, found agent, bug'],
        idle: ['scale: the agent is disabled'],
        deaf: ['source: no trigger on github'],
      },
    });
  });

  it('runs an agent once that two of its triggers match', async () => {
    const project = projectOf({
      dev: {
        webhooks: [
          { source: 'github', filters: {}, if: null },
          { source: 'github', filters: {}, if: null },
        ],
      },
    });
    const world = await createWorld({ project });
    await world.deliver('1');
    expect(await world.runs()).toHaveLength(1);
  });

  it('gives its run the concurrency key that names the delivery, as its reruns have it', async () => {
    const concurrency = { key: '{receiptId}', busy: 'queue' } as const;
    const world = await createWorld({ project: projectOf({ dev: { concurrency } }) });
    const { dev = '' } = await world.deliver('1');
    const run = await world.ports.documents.get<Run>(`runs/${dev}`);
    expect(run?.data).toMatchObject({ concurrencyKey: 'github:1' });
  });

  it('does nothing a second time, and answers with the runs of the first', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const first = await world.deliver('1');
    expect(await world.deliver('1')).toEqual(first);
    expect(await world.runs()).toHaveLength(1);
    expect((await deliveryOf(world, '1')).looks).toBe(1);
  });

  it('admits once when the same delivery comes many times at once', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.deliver('1')));
    expect(new Set(answers.map(({ dev }) => dev)).size).toBe(1);
    expect(await world.runs()).toHaveLength(1);
  });

  it('looks again at a delivery that produced nothing, with the release of today', async () => {
    const world = await createWorld({ project: projectOf({ dev: byLabel('agent') }) });
    expect(await world.deliver('1', { labels: ['bug'] })).toEqual({});
    const received = (await deliveryOf(world, '1')).received;
    await world.advance(1_000);
    await world.publish(projectOf({ dev: byLabel('bug') }));
    const runs = await world.deliver('1', { labels: ['bug'] });
    expect(Object.keys(runs)).toEqual(['dev']);
    expect(await deliveryOf(world, '1')).toMatchObject({ runs, unmatched: {}, looks: 2, received });
  });

  it('counts every look at one that produces nothing, also those at once', async () => {
    const world = await createWorld({ project: projectOf({ dev: byLabel('agent') }) });
    await world.deliver('1');
    await Promise.all(Array.from({ length: 5 }, () => world.deliver('1')));
    expect(await deliveryOf(world, '1')).toMatchObject({ looks: 6, outcome: 'nothing' });
  });

  it('takes the next id when another cause has the first, and stays idempotent', async () => {
    const world = await createWorld({ project: projectOf({ dev: {} }) });
    const [taken = '', second] = runIds('dev', causeOf('webhook', 'github:1', 'dev'));
    const other = (await world.deliver('other')).dev ?? '';
    const document = await world.run(other);
    await world.ports.documents.commit([
      {
        op: 'create',
        path: `runs/${taken}`,
        data: { ...document, cause: 'another' } satisfies Run,
      },
    ]);
    expect((await world.deliver('1')).dev).toBe(second);
    expect((await world.deliver('1')).dev).toBe(second);
  });

  it('is a fresh run for the same delivery id of another source or agent', async () => {
    const world = await createWorld({ project: projectOf({ dev: {}, ops: {} }) });
    const { dev, ops } = await world.deliver('1');
    expect(dev).not.toBe(ops);
    expect(await world.runs()).toHaveLength(2);
  });
});
