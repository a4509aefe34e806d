import { describe, expect, it } from 'vitest';
import { memoryStore } from '../engine.ts';
import { createFirestoreEngine } from './index.ts';
import { timestamp, type Value } from './values.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const fieldOverrides = [
  { collectionGroup: 'runs', fieldPath: 'expireAt', ttl: true, indexes: [] },
  { collectionGroup: 'logs', fieldPath: 'expireAt', ttl: true, indexes: [] },
  { collectionGroup: 'releases', fieldPath: 'agents', indexes: [] },
];

function engineAt(clock: { now: number }) {
  const context = { now: () => clock.now, random: () => 0, store: memoryStore() };
  const engine = createFirestoreEngine(context, { project: 'p', indexes: { fieldOverrides } });
  const put = (path: string, field: string, value: Value): void => {
    engine.commit([{ kind: 'update', path, fields: new Map([[field, value]]), transforms: [] }]);
  };
  const there = (...paths: string[]): string[] =>
    engine.get(paths).result.flatMap((document) => document?.path ?? []);
  return { engine, put, there };
}

const at = (ms: number): Value => timestamp(BigInt(ms) * 1000n);

describe('a TTL policy', () => {
  it('removes documents of its collection, at any depth, once their time has passed', () => {
    const clock = { now: start };
    const { engine, put, there } = engineAt(clock);
    put('runs/a', 'expireAt', at(start + 1_000));
    put('runs/b', 'expireAt', at(start + 2_000));
    put('runs/b/logs/1', 'expireAt', at(start + 1_000));
    expect(engine.expire()).toBe(0);
    clock.now = start + 1_000;
    expect(engine.expire()).toBe(2);
    expect(there('runs/a', 'runs/b', 'runs/b/logs/1')).toEqual(['runs/b']);
  });

  it('leaves what stands below a document that it removes', () => {
    const clock = { now: start };
    const { engine, put, there } = engineAt(clock);
    put('runs/a', 'expireAt', at(start));
    put('runs/a/logs/1', 'expireAt', at(start + 60_000));
    engine.expire();
    expect(there('runs/a', 'runs/a/logs/1')).toEqual(['runs/a/logs/1']);
  });

  it('leaves a document whose field holds no time, and other collections', () => {
    const { engine, put, there } = engineAt({ now: start });
    put('runs/a', 'expireAt', null);
    put('runs/b', 'expireAt', 'yesterday');
    put('releases/a', 'expireAt', at(0));
    expect(engine.expire()).toBe(0);
    expect(there('runs/a', 'runs/b', 'releases/a')).toHaveLength(3);
  });

  it('tells listeners what it has removed', () => {
    const clock = { now: start };
    const { engine, put } = engineAt(clock);
    put('runs/a', 'expireAt', at(start + 1_000));
    const removed: string[] = [];
    engine.listen({ documents: ['runs/a'] }, (snapshot) => removed.push(...snapshot.removed));
    clock.now = start + 1_000;
    engine.expire();
    expect(removed).toEqual(['runs/a']);
  });
});
