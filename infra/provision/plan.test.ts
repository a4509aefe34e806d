import { describe, expect, it } from 'vitest';
import type { FoundResource, Kind } from '../deployment/kind.ts';
import { kinds } from '../deployment/kinds/index.ts';
import { deployment } from '../deployment/kinds/test-kind.ts';
import { nameOf, type Resource, type Topic } from '../deployment/resource.ts';
import type { Inventory } from './inventory.ts';
import type { Subject } from './kinds.ts';
import { planOf } from './plan.ts';

const topic = (id: string): Topic => ({ kind: 'topic', id, why: 'For a test.', needs: [] });

/** Topics that have a colour: of which changes in place are possible unless it is `fixed`. */
const coloured: Kind<Topic> = {
  ...kinds.topic,
  carriesLabel: false,
  compare: (_, __, found) =>
    found.colour === 'red' ? [] : [{ field: 'colour', found: String(found.colour), wanted: 'red' }],
  create: (_, { id }) => [{ tool: 'gcloud', args: ['create', id] }],
  update: (_, { id }, found) =>
    found.fixed === true ? undefined : [{ tool: 'gcloud', args: ['paint', id] }],
  remove: (_, id) => [{ tool: 'gcloud', args: ['delete', id] }],
};

function subject(resources: readonly Resource[], kind: Kind<Topic> = coloured): Subject {
  return { deployment, resources, kinds: { ...kinds, topic: kind } };
}

function found(topics: { [id: string]: FoundResource }): Inventory {
  return {
    found: new Map(
      Object.entries(topics).map(([id, fields]) => [nameOf({ kind: 'topic', id }), fields]),
    ),
  };
}

function shown(plan: ReturnType<typeof planOf>): string[] {
  return plan.steps.map(
    ({ action, commands }) =>
      `${action}: ${commands.map((each) => (each.tool === 'gcloud' ? each.args.join(' ') : each.url)).join(', ')}`,
  );
}

describe('a plan', () => {
  it('creates what is not there, in the order of the list', () => {
    const plan = planOf(subject([topic('b'), topic('a')]), found({}));
    expect(shown(plan)).toEqual(['create: create b', 'create: create a']);
    expect(plan.steps[0]).toMatchObject({ title: 'Create topic b', why: 'For a test.' });
  });

  it('leaves what is as it should be', () => {
    const plan = planOf(subject([topic('a')]), found({ a: { colour: 'red' } }));
    expect(plan).toEqual({ steps: [], conflicts: [], unchanged: 1 });
  });

  it('changes what differs, and says how', () => {
    const plan = planOf(subject([topic('a')]), found({ a: { colour: 'blue' } }));
    expect(shown(plan)).toEqual(['update: paint a']);
    expect(plan.steps[0]?.differences).toEqual([{ field: 'colour', found: 'blue', wanted: 'red' }]);
  });

  it('makes anew what cannot be changed', () => {
    const plan = planOf(subject([topic('a')]), found({ a: { colour: 'blue', fixed: true } }));
    expect(shown(plan)).toEqual(['replace: delete a, create a']);
  });

  it('leaves to a person what cannot be changed and holds data', () => {
    const kind = { ...coloured, holdsData: true };
    const plan = planOf(subject([topic('a')], kind), found({ a: { colour: 'blue', fixed: true } }));
    expect(plan.steps).toEqual([]);
    expect(plan.conflicts).toMatchObject([{ resource: { id: 'a' } }]);
  });

  it('leaves to a person what cannot be changed and somebody else has made, under a name of ours', () => {
    const repository = {
      kind: 'repository' as const,
      id: 'drover',
      why: 'For a test.',
      format: 'docker' as const,
      cleanup: [],
      needs: [],
    };
    const there = (labels: object): Inventory => ({
      found: new Map([['repository/drover', { format: 'NPM', labels }]]),
    });
    const foreign = planOf(subject([repository]), there({}));
    expect(foreign.steps).toEqual([]);
    expect(foreign.conflicts).toMatchObject([{ resource: { id: 'drover' } }]);
    const ours = planOf(subject([repository]), there({ drover: 'deployment' }));
    expect(ours.steps.map(({ action }) => action)).toEqual(['replace']);
  });

  it('removes what is ours and not wanted any more, after everything else, the last found first', () => {
    const there = { old: { colour: 'red' }, older: { colour: 'red' } };
    const plan = planOf(subject([topic('new')]), found(there));
    expect(shown(plan)).toEqual([
      'create: create new',
      'remove: delete older',
      'remove: delete old',
    ]);
  });

  it('removes nothing that the deployment has, though this plan is not about it', () => {
    const some = { ...subject([topic('new')]), wanted: new Set(['topic/new', 'topic/later']) };
    const plan = planOf(some, found({ new: { colour: 'red' }, later: {}, old: {} }));
    expect(shown(plan)).toEqual(['remove: delete old']);
  });

  it('removes the last of a kind that a deployment may want none of, but not of another', () => {
    const of = (kind: Kind<Topic>) => shown(planOf(subject([], kind), found({ old: {} })));
    expect(of(coloured)).toEqual([]);
    expect(of({ ...coloured, mayBeNone: true })).toEqual(['remove: delete old']);
  });

  it('makes several at once where their kind can, in the place of the first', () => {
    const kind: Kind<Topic> = {
      ...coloured,
      createAll: (_, wanted) => [
        { tool: 'gcloud', args: ['create', ...wanted.map(({ id }) => id)] },
      ],
    };
    const queue = {
      kind: 'queue' as const,
      id: 'q',
      why: 'For a test.',
      maxConcurrentDispatches: 1,
      maxDispatchesPerSecond: 1,
      maxAttempts: 1,
      minBackoffMs: 1,
      maxBackoffMs: 1,
      maxDoublings: 1,
      needs: [],
    };
    const plan = planOf(
      subject([topic('a'), queue, topic('b'), topic('c')], kind),
      found({ b: { colour: 'red' } }),
    );
    expect(shown(plan)[0]).toBe('create: create a c');
    expect(plan.steps.map(({ title }) => title)).toEqual(['Create 2 topics', 'Create queue q']);
  });
});
