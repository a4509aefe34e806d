import { describe, expect, test } from 'vitest';
import { create, fixture, refusal, set, things, where } from './fixture.ts';

describe('a transaction that writes', () => {
  test('commits when what it read is unchanged', () => {
    const { engine } = fixture();
    engine.commit([set('things/a', { n: 1n })]);
    const transaction = engine.begin();
    engine.get(['things/a', 'things/b'], transaction);
    engine.query(things([where('n', '==', 1n)]), transaction);
    engine.commit([set('things/a', { n: 2n })], transaction);
    expect(engine.get(['things/a']).result[0]?.fields.get('n')).toBe(2n);
  });

  test('is aborted when a document that it read has changed', () => {
    const { engine } = fixture();
    engine.commit([set('things/a', { n: 1n })]);
    const transaction = engine.begin();
    engine.get(['things/a'], transaction);
    engine.commit([set('things/a', { n: 5n })]);
    expect(refusal(() => engine.commit([set('things/a', { n: 2n })], transaction))).toMatch(
      /^ABORTED/,
    );
    expect(engine.get(['things/a']).result[0]?.fields.get('n')).toBe(5n);
  });

  test('is aborted when a document that it missed has appeared', () => {
    const { engine } = fixture();
    const transaction = engine.begin();
    engine.get(['things/a'], transaction);
    engine.commit([create('things/a')]);
    expect(refusal(() => engine.commit([], transaction))).toMatch(/^ABORTED/);
  });

  test('is aborted when a query that it ran would answer otherwise', () => {
    const { engine } = fixture();
    const transaction = engine.begin();
    engine.query(things([where('n', '>', 0n)]), transaction);
    engine.commit([set('things/phantom', { n: 1n })]);
    expect(refusal(() => engine.commit([create('things/b')], transaction))).toMatch(/^ABORTED/);
  });

  test('is aborted when a count that it rests on has changed', () => {
    const { engine } = fixture();
    const transaction = engine.begin();
    engine.aggregate(things(), [{ alias: 'count', kind: 'count' }], transaction);
    engine.commit([create('things/phantom')]);
    expect(refusal(() => engine.commit([create('things/b')], transaction))).toMatch(/^ABORTED/);
  });

  test('does not mind a change that its reads do not see', () => {
    const { engine } = fixture();
    engine.commit([set('things/a', { n: 1n })]);
    const transaction = engine.begin();
    engine.query(things([where('n', '==', 1n)]), transaction);
    engine.commit([set('things/b', { n: 2n })]);
    expect(refusal(() => engine.commit([create('things/c')], transaction))).toBe('accepted');
  });

  test('holds nobody up: of two on one document the first to commit wins', () => {
    const { engine } = fixture();
    const [one, two] = [engine.begin(), engine.begin()];
    engine.get(['things/a'], one);
    engine.get(['things/a'], two);
    expect(refusal(() => engine.commit([create('things/a')], two))).toBe('accepted');
    expect(refusal(() => engine.commit([create('things/a')], one))).toMatch(/^ABORTED/);
  });
});

describe('the life of a transaction', () => {
  test('ends with its commit, also with one that is refused', () => {
    const { engine } = fixture();
    engine.commit([create('things/a')]);
    const transaction = engine.begin();
    expect(refusal(() => engine.commit([create('things/a')], transaction))).toMatch(/^ALREADY/);
    expect(refusal(() => engine.commit([], transaction))).toMatch(
      /^INVALID_ARGUMENT .*transaction has expired/,
    );
  });

  test('ends with its rollback', () => {
    const { engine } = fixture();
    const transaction = engine.begin();
    engine.rollback(transaction);
    expect(refusal(() => engine.get(['things/a'], transaction))).toMatch(/transaction has expired/);
  });

  test('ends 60 s after its last call', () => {
    const { engine, clock } = fixture();
    const transaction = engine.begin();
    clock.now += 60_000;
    engine.get(['things/a'], transaction);
    clock.now += 60_001;
    expect(refusal(() => engine.get(['things/a'], transaction))).toMatch(/transaction has expired/);
  });

  test('ends after 270 s however busy it is', () => {
    const { engine, clock } = fixture();
    const transaction = engine.begin();
    for (let i = 0; i < 6; i++) {
      clock.now += 45_000;
      engine.get(['things/a'], transaction);
    }
    clock.now += 1;
    expect(refusal(() => engine.get(['things/a'], transaction))).toMatch(/transaction has expired/);
  });
});

describe('a read-only transaction', () => {
  test('may not write', () => {
    const { engine } = fixture();
    const transaction = engine.begin({ readOnly: true });
    expect(refusal(() => engine.commit([create('things/a')], transaction))).toMatch(
      /^INVALID_ARGUMENT/,
    );
  });

  test('never sees two states: it is aborted when an earlier read has changed', () => {
    const { engine } = fixture();
    const transaction = engine.begin({ readOnly: true });
    engine.get(['things/a'], transaction);
    engine.commit([create('things/a'), create('things/b')]);
    expect(refusal(() => engine.get(['things/b'], transaction))).toMatch(/^ABORTED/);
  });
});
