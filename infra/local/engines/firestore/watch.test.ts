import { describe, expect, test } from 'vitest';
import { create, type Fixture, fixture, set, things, where } from './fixture.ts';
import type { ListenTarget } from './index.ts';

/** Everything that a listener is told, as `+path` and `-path`. */
function listening({ engine }: Fixture, target: ListenTarget) {
  const told: string[][] = [];
  const stop = engine.listen(target, ({ changed, removed }) => {
    told.push([...changed.map(({ path }) => `+${path}`), ...removed.map((path) => `-${path}`)]);
  });
  return { told, stop };
}

describe('a listener of documents', () => {
  test('is told at once what is there and what is not, and then of each change', () => {
    const bench = fixture();
    bench.engine.commit([create('things/a')]);
    const { told } = listening(bench, { documents: ['things/a', 'things/b'] });
    bench.engine.commit([create('things/b'), create('things/other')]);
    bench.engine.commit([create('things/another')]);
    bench.engine.commit([{ kind: 'delete', path: 'things/a' }]);
    expect(told).toEqual([['+things/a', '-things/b'], ['+things/b'], ['-things/a']]);
  });
});

describe('a listener of a query', () => {
  const target: ListenTarget = { query: things([where('n', '>', 1n)]) };

  test('is told of documents that enter, change and leave', () => {
    const bench = fixture();
    bench.engine.commit([set('things/a', { n: 2n }), set('things/b', { n: 1n })]);
    const { told } = listening(bench, target);
    bench.engine.commit([set('things/b', { n: 3n })]);
    bench.engine.commit([set('things/b', { n: 4n }), set('things/a', { n: 0n })]);
    bench.engine.commit([{ kind: 'delete', path: 'things/b' }]);
    expect(told).toEqual([['+things/a'], ['+things/b'], ['+things/b', '-things/a'], ['-things/b']]);
  });

  test('is not told of what never was in the result, nor of a write that changed nothing', () => {
    const bench = fixture();
    bench.engine.commit([set('things/a', { n: 2n })]);
    const { told } = listening(bench, target);
    bench.engine.commit([set('things/b', { n: 1n }), set('others/c', { n: 9n })]);
    bench.engine.commit([set('things/a', { n: 2n })]);
    bench.engine.commit([{ kind: 'delete', path: 'things/b' }]);
    expect(told).toEqual([['+things/a']]);
  });

  test('with a limit lets the next document in when one leaves', () => {
    const bench = fixture();
    bench.engine.commit([1n, 2n, 3n].map((n) => set(`things/${n}`, { n })));
    const { told } = listening(bench, { query: { ...things([], ['n']), limit: 2 } });
    bench.engine.commit([{ kind: 'delete', path: 'things/1' }]);
    bench.engine.commit([set('things/9', { n: 9n })]);
    expect(told).toEqual([
      ['+things/1', '+things/2'],
      ['+things/3', '-things/1'],
    ]);
  });

  test('is not told any more once it has stopped', () => {
    const bench = fixture();
    const { told, stop } = listening(bench, target);
    stop();
    bench.engine.commit([set('things/a', { n: 2n })]);
    expect(told).toEqual([[]]);
  });
});
