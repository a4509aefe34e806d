import { describe, expect, it } from 'vitest';
import { createSchedule } from './schedule.ts';

/** Somebody who needs some turns, and says when it has had one. */
async function going(name: string, turns: number, turn: () => Promise<void>, said: string[]) {
  for (let count = 1; count <= turns; count += 1) {
    await turn();
    said.push(`${name}${count}`);
    // What needs no turn of its own is done before anybody else has one.
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    said.push(`${name}${count} on`);
  }
}

describe('turns', () => {
  it('are given one at a time, and the next when everything has gone on as far as it can', async () => {
    const schedule = createSchedule(0, (count) => count - 1);
    const said: string[] = [];
    void going('a', 2, schedule.turn, said);
    void going('b', 1, schedule.turn, said);
    await schedule.quiet();
    expect(said).toEqual(['b1', 'b1 on', 'a1', 'a1 on', 'a2', 'a2 on']);
  });

  it('go to whom is picked of all who wait', async () => {
    const counts: number[] = [];
    const schedule = createSchedule(0, (count) => {
      counts.push(count);
      return 0;
    });
    const said: string[] = [];
    for (const name of ['a', 'b', 'c']) void going(name, 1, schedule.turn, said);
    await schedule.quiet();
    expect(counts).toEqual([3, 2, 1]);
    expect(said.filter((text) => !text.endsWith('on'))).toEqual(['a1', 'b1', 'c1']);
  });
});

describe('quiet', () => {
  it('is when nobody waits for a turn, whoever still waits for time', async () => {
    const schedule = createSchedule(0);
    const said: string[] = [];
    void schedule.sleep(10).then(() => said.push('awake'));
    void going('a', 3, schedule.turn, said);
    await schedule.quiet();
    expect(said).toHaveLength(6);
    expect(schedule.nextDue()).toBe(10);
    schedule.moveTo(10);
    await schedule.quiet();
    expect(said.at(-1)).toBe('awake');
  });
});

describe('time', () => {
  it('brings what is due in the order it was asked for, and not what was called off', () => {
    const schedule = createSchedule(0);
    const said: string[] = [];
    schedule.at(5, () => said.push('later'));
    schedule.at(3, () => said.push('first'));
    schedule.at(3, () => said.push('second'));
    schedule.at(3, () => said.push('never'))();
    schedule.moveTo(4);
    expect(said).toEqual(['first', 'second']);
    schedule.moveTo(5);
    expect(said).toEqual(['first', 'second', 'later']);
  });
});
