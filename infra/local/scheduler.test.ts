import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callEachMinute } from './scheduler.ts';

describe('the scheduler', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-03-01T12:00:41.500Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Starts it, with callers that get no token: whoever asks for one was about to call. */
  function start(everyMs: number) {
    const calls: string[] = [];
    const token = async (): Promise<string> => {
      calls.push(new Date(Date.now()).toISOString().slice(11, 23));
      throw new Error('no token');
    };
    return { calls, ...callEachMinute('http://nobody.test', token, everyMs, Date.now) };
  }

  it('calls at once and then at the beginning of each minute, also when a call fails', async () => {
    const { calls, stop } = start(60_000);
    await vi.advanceTimersByTimeAsync(120_000);
    stop();
    expect(calls).toEqual(['12:00:41.500', '12:01:00.000', '12:02:00.000']);
  });

  it('does not call twice for a minute when its clock is a little behind its timers', async () => {
    const { calls, stop } = start(60_000);
    vi.setSystemTime(Date.now() - 4);
    await vi.advanceTimersByTimeAsync(120_000);
    stop();
    expect(calls).toEqual(['12:00:41.500', '12:00:59.996', '12:02:00.000']);
  });

  it('calls no more once it was stopped', async () => {
    const { calls, stop } = start(1_000);
    await vi.advanceTimersByTimeAsync(2_000);
    stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls).toEqual(['12:00:41.500', '12:00:42.000', '12:00:43.000']);
  });
});
