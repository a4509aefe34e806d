import { describe, expect, test } from 'vitest';
import { fieldPath } from './field-path.ts';
import { create, fields, fixture, refusal, set, update } from './fixture.ts';
import type { Write } from './index.ts';

describe('preconditions', () => {
  test('creating a document that exists is refused with ALREADY_EXISTS', () => {
    const { engine } = fixture();
    engine.commit([create('things/a')]);
    expect(refusal(() => engine.commit([create('things/a')]))).toBe(
      'ALREADY_EXISTS Document already exists: projects/p/databases/(default)/documents/things/a',
    );
  });

  test('updating a document that is missing is refused with NOT_FOUND', () => {
    const { engine } = fixture();
    expect(refusal(() => engine.commit([update('things/a', { x: 1n })]))).toMatch(/^NOT_FOUND/);
  });

  test('a stale version is refused with FAILED_PRECONDITION', () => {
    const { engine } = fixture();
    const { commitTime } = engine.commit([create('things/a')]);
    engine.commit([set('things/a', { x: 1n })]);
    const stale: Write = {
      ...set('things/a', { x: 2n }),
      precondition: { updateTime: commitTime },
    };
    expect(refusal(() => engine.commit([stale]))).toMatch(
      /^FAILED_PRECONDITION the stored version/,
    );
  });

  test('the version of a document that is missing is refused with FAILED_PRECONDITION', () => {
    const { engine } = fixture();
    const remove: Write = { kind: 'delete', path: 'things/a', precondition: { updateTime: 1 } };
    expect(refusal(() => engine.commit([remove]))).toMatch(/^FAILED_PRECONDITION/);
  });

  test('deleting what is missing succeeds without a precondition', () => {
    const { engine } = fixture();
    const { results } = engine.commit([{ kind: 'delete', path: 'things/a' }]);
    expect(results).toEqual([{ transformResults: [] }]);
  });
});

describe('several writes', () => {
  test('one refused write leaves none of them', () => {
    const { engine } = fixture();
    engine.commit([create('things/there')]);
    expect(refusal(() => engine.commit([create('things/new'), create('things/there')]))).toMatch(
      /^ALREADY_EXISTS/,
    );
    expect(engine.get(['things/new']).result).toEqual([undefined]);
  });

  test('all of them share one commit time', () => {
    const { engine } = fixture();
    const { commitTime } = engine.commit([create('things/a'), create('things/b')]);
    const times = engine.get(['things/a', 'things/b']).result.map((one) => one?.updateTime);
    expect(times).toEqual([commitTime, commitTime]);
  });

  test('a later write sees what an earlier one did to the same document', () => {
    const { engine } = fixture();
    engine.commit([create('things/a', { x: 1n }), update('things/a', { y: 2n })]);
    expect(engine.get(['things/a']).result[0]?.fields).toEqual(fields({ x: 1n, y: 2n }));
  });

  test.each<[string, string, Write]>([
    ['upsert', 'insert', create('things/a')],
    ['delete', 'update', update('things/a', { x: 1n })],
  ])('%s then %s of one document is refused', (first, second, write) => {
    const { engine } = fixture();
    const earlier: Write =
      first === 'delete' ? { kind: 'delete', path: 'things/a' } : set('things/a', {});
    expect(refusal(() => engine.commit([earlier, write]))).toBe(
      `INVALID_ARGUMENT Cannot ${first} then ${second} an entity in the same request.`,
    );
  });
});

describe('times', () => {
  test('commits within one millisecond have strictly increasing times', () => {
    const { engine } = fixture();
    const times = Array.from(
      { length: 50 },
      (_, i) => engine.commit([create(`things/${i}`)]).commitTime,
    );
    expect(new Set(times).size).toBe(50);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('commit times never go back, even when the clock does', () => {
    const { engine, clock } = fixture();
    const first = engine.commit([create('things/a')]).commitTime;
    clock.now -= 60_000;
    expect(engine.commit([create('things/b')]).commitTime).toBeGreaterThan(first);
  });

  test('a read before a commit has an earlier time than the commit', () => {
    const { engine } = fixture();
    const { readTime } = engine.get(['things/a']);
    expect(engine.commit([create('things/a')]).commitTime).toBeGreaterThan(readTime);
  });

  test('a write that changes nothing leaves the update time as it was', () => {
    const { engine } = fixture();
    const { commitTime } = engine.commit([create('things/a', { x: 1n })]);
    const { results } = engine.commit([set('things/a', { x: 1n })]);
    expect(results[0]?.updateTime).toBe(commitTime);
    expect(engine.commit([set('things/a', { x: 1 })]).results[0]?.updateTime).not.toBe(commitTime);
  });

  test('the time of creation outlives updates and not a delete', () => {
    const { engine } = fixture();
    const created = engine.commit([create('things/a')]).commitTime;
    engine.commit([set('things/a', { x: 1n })]);
    expect(engine.get(['things/a']).result[0]?.createTime).toBe(created);
    engine.commit([{ kind: 'delete', path: 'things/a' }]);
    const again = engine.commit([create('things/a')]).commitTime;
    expect(engine.get(['things/a']).result[0]?.createTime).toBe(again);
  });
});

describe('masks', () => {
  test('a mask replaces only what it names, and removes what has no value', () => {
    const { engine } = fixture();
    engine.commit([set('things/a', { x: 1n, y: fields({ z: 1n, w: 2n }), v: 3n })]);
    engine.commit([
      {
        kind: 'update',
        path: 'things/a',
        fields: fields({ x: 9n, v: 9n }),
        mask: [fieldPath('x'), fieldPath('y.z')],
      },
    ]);
    expect(engine.get(['things/a']).result[0]?.fields).toEqual(
      fields({ x: 9n, y: fields({ w: 2n }), v: 3n }),
    );
  });

  test('a field path through something that is not a map makes a map of it', () => {
    const { engine } = fixture();
    engine.commit([set('things/a', { x: 'text' })]);
    engine.commit([
      {
        kind: 'update',
        path: 'things/a',
        fields: fields({ x: fields({ y: 1n }) }),
        mask: [fieldPath('x.y')],
      },
    ]);
    expect(engine.get(['things/a']).result[0]?.fields).toEqual(fields({ x: fields({ y: 1n }) }));
  });
});
