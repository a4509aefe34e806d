import { describe, expect, it } from 'vitest';
import { stagesOf } from './stages.ts';

const at = (seconds: number): string =>
  new Date(Date.UTC(2026, 2, 1) + seconds * 1_000).toISOString();
const now = Date.parse(at(100));

describe('the stages of a run', () => {
  it('are together all of its life, from the receipt of its delivery to the last trace of it', () => {
    const times = {
      queued: at(1),
      launching: at(3),
      running: at(6),
      ending: at(10),
      timed_out: at(15),
    };
    const stages = stagesOf({ state: 'timed_out', times, cleanedAt: at(21) }, at(0), now);
    expect(stages.map(({ name, ms }) => [name, ms])).toEqual([
      ['admitting', 1_000],
      ['queued', 2_000],
      ['launching', 3_000],
      ['running', 4_000],
      ['ending', 5_000],
      ['cleaning', 6_000],
    ]);
    expect(stages.some(({ isOpen }) => isOpen)).toBe(false);
  });

  it('last until now where nothing has come after', () => {
    const running = stagesOf(
      { state: 'running', times: { queued: at(1), running: at(40) }, cleanedAt: null },
      undefined,
      now,
    );
    expect(running.at(-1)).toEqual({ name: 'running', at: at(40), ms: 60_000, isOpen: true });
    const over = stagesOf(
      { state: 'failed', times: { queued: at(1), failed: at(90) }, cleanedAt: null },
      undefined,
      now,
    );
    expect(over.at(-1)).toEqual({ name: 'cleaning', at: at(90), ms: 10_000, isOpen: true });
  });

  it('leave out what a run never was', () => {
    const stages = stagesOf(
      { state: 'cancelled', times: { queued: at(1), cancelled: at(5) }, cleanedAt: at(5) },
      undefined,
      now,
    );
    expect(stages.map(({ name, ms }) => [name, ms])).toEqual([
      ['queued', 4_000],
      ['cleaning', 0],
    ]);
  });

  it('are never shorter than nothing, whatever the clocks of two functions say', () => {
    const [first] = stagesOf(
      { state: 'queued', times: { queued: at(1) }, cleanedAt: null },
      at(2),
      now,
    );
    expect(first?.ms).toBe(0);
  });
});
