import { describe, expect, test } from 'vitest';
import { EngineError, memoryStore } from '../engine.ts';
import { createSecretsEngine, googleSecretQuotas } from './index.ts';

const project = 'p';
const parent = `projects/${project}`;

function engineAt(clock: { now: number }) {
  const context = { now: () => clock.now, random: () => 0.5, store: memoryStore() };
  return createSecretsEngine(context, { project });
}

function refusal(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return undefined;
}

describe('the quotas of Secret Manager', () => {
  test('refuse the call that is one too many of a minute, each kind by itself, until a minute has passed', () => {
    const clock = { now: 1_000 };
    const engine = engineAt(clock);
    engine.limit({ writesPerMinute: 3, readsPerMinute: 1, accessesPerMinute: 1 });
    engine.createSecret(parent, 'a', { replication: { automatic: {} } });
    engine.addSecretVersion(`${parent}/secrets/a`, Buffer.from('x'));
    engine.addSecretVersion(`${parent}/secrets/a`, Buffer.from('y'));
    const write = (): void => engine.deleteSecret(`${parent}/secrets/a`);
    const read = () => engine.listSecrets(parent, {});
    const access = () => engine.readSecret('a', '1');
    expect([write, read, access].map(refusal)).toEqual([
      'RESOURCE_EXHAUSTED',
      undefined,
      undefined,
    ]);
    expect([read, access].map(refusal)).toEqual(['RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED']);
    clock.now += 60_000;
    expect([read, access, write].map(refusal)).toEqual([undefined, undefined, undefined]);
  });

  test('are Google’s when they are asked for, and none before', () => {
    const engine = engineAt({ now: 1_000 });
    const describeIt = () => engine.listSecrets(parent, {});
    for (let n = 0; n < 700; n += 1) describeIt();
    engine.limit(googleSecretQuotas);
    for (let n = 0; n < 600; n += 1) describeIt();
    expect(refusal(describeIt)).toBe('RESOURCE_EXHAUSTED');
  });
});

describe('secrets by label', () => {
  test('are found while they have it, after their labels changed and after a restart', () => {
    const store = memoryStore();
    const context = { now: () => 1_000, random: () => 0.5, store };
    const engine = createSecretsEngine(context, { project });
    for (const [id, run] of [
      ['a', 'one'],
      ['b', 'one'],
      ['c', 'two'],
    ] as const)
      engine.createSecret(parent, id, { labels: { run }, replication: { automatic: {} } });
    const listed = (from: typeof engine, run: string): string[] =>
      from
        .listSecrets(parent, { filter: `labels.run=${run}` })
        .items.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
    engine.updateSecret(`${parent}/secrets/a`, { labels: { run: 'two' } }, ['labels']);
    engine.deleteSecret(`${parent}/secrets/c`);
    const again = createSecretsEngine(context, { project });
    for (const one of [engine, again]) {
      expect(listed(one, 'one')).toEqual(['b']);
      expect(listed(one, 'two')).toEqual(['a']);
      expect(listed(one, 'three')).toEqual([]);
    }
  });
});
