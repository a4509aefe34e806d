import { describe, expect, it } from 'vitest';
import type { Clock } from '../ports/index.ts';
import { atOnce, createTurns } from './turns.ts';

/** Work that begins when it is asked to and ends when it is told to. */
function workshop() {
  const begun: string[] = [];
  const ends: { done(value: string): void; fail(error: Error): void }[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((done, fail) => ends.push({ done, fail }));
  };
  return { begun, ends, work };
}

/** A clock that stands still until somebody lets a sleeper go on. */
const sleepers: (() => void)[] = [];
const clock: Clock = { now: () => 0, sleep: () => new Promise((wake) => sleepers.push(wake)) };

/** Lets everything happen that waits for nothing else. */
const breath = () => new Promise((resolve) => setImmediate(resolve));

describe('the turns of a key', () => {
  it('come one after the other, and one work serves all who asked during another', async () => {
    const { begun, ends, work } = workshop();
    const turns = createTurns(clock);
    const first = turns('triage', work('first'));
    const second = turns('triage', work('second'));
    const third = turns('triage', work('third'));
    await breath();
    expect(begun).toEqual(['first']);
    ends[0]?.done('one');
    await breath();
    expect(begun).toEqual(['first', 'second']);
    ends[1]?.done('two');
    expect(await Promise.all([first, second, third])).toEqual(['one', 'two', undefined]);
  });

  it('never serve who asks with work that had begun before', async () => {
    const { begun, ends, work } = workshop();
    const turns = createTurns(clock);
    const all = [turns('triage', work('first')), turns('triage', work('second'))];
    ends[0]?.done('one');
    await breath();
    all.push(turns('triage', work('third')));
    ends[1]?.done('two');
    await breath();
    expect(begun).toEqual(['first', 'second', 'third']);
    ends[2]?.done('three');
    expect(await Promise.all(all)).toEqual(['one', 'two', 'three']);
  });

  it('of other keys wait for nobody', async () => {
    const { begun, work } = workshop();
    const turns = createTurns(clock);
    void turns('triage', work('first'));
    void turns('greeter', work('second'));
    await breath();
    expect(begun).toEqual(['first', 'second']);
  });

  it('go on after work that failed, of which everybody learns whom it was done for', async () => {
    const { ends, work } = workshop();
    const turns = createTurns(clock);
    const first = turns('triage', work('first'));
    const second = turns('triage', work('second'));
    const third = turns('triage', work('third'));
    const settled = Promise.allSettled([first, second, third]);
    ends[0]?.fail(new Error('one'));
    await breath();
    ends[1]?.fail(new Error('two'));
    const reasons = (await settled).map((one) => one.status === 'rejected' && one.reason.message);
    expect(reasons).toEqual(['one', 'two', 'two']);
    const later = turns('triage', work('later'));
    await breath();
    ends[2]?.done('three');
    expect(await later).toBe('three');
  });

  it('do not wait for ever for work that hangs', async () => {
    const { begun, ends, work } = workshop();
    const turns = createTurns(clock);
    sleepers.length = 0;
    const first = turns('triage', work('first'));
    const second = turns('triage', work('second'));
    await breath();
    for (const wake of sleepers) wake();
    await breath();
    expect(begun).toEqual(['first', 'second']);
    const third = turns('triage', work('third'));
    ends[0]?.done('one');
    await breath();
    expect(begun).toEqual(['first', 'second']);
    ends[1]?.done('two');
    await breath();
    ends[2]?.done('three');
    expect(await Promise.all([first, second, third])).toEqual(['one', 'two', 'three']);
  });

  it('are now where nobody waits in line', async () => {
    const { begun, work } = workshop();
    void atOnce('triage', work('first'));
    void atOnce('triage', work('second'));
    expect(begun).toEqual(['first', 'second']);
  });
});
