import { beforeAll, expect, test } from 'vitest';
import type { Clock } from '../../shared/ports/index.ts';

/** An implementation under test. */
export interface ClockSubject {
  clock: Clock;
  /** Lets time pass until `work` is done. */
  until(work: Promise<unknown>): Promise<void>;
}

/** What the port `Clock` promises, as tests. */
export function clockContract(setup: () => ClockSubject): void {
  let clock: Clock;
  let until: ClockSubject['until'];
  beforeAll(() => {
    ({ clock, until } = setup());
  });

  test('now is whole milliseconds', () => {
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  test('a sleep is not over before its time by the same clock', async () => {
    const start = clock.now();
    await until(clock.sleep(30));
    // Node's timers may be a millisecond ahead of the time of day.
    expect(clock.now() - start).toBeGreaterThanOrEqual(29);
  });

  test('the shorter sleep is over first', async () => {
    const order: number[] = [];
    const slept = [40, 1, 20].map((ms) => clock.sleep(ms).then(() => order.push(ms)));
    await until(Promise.all(slept));
    expect(order).toEqual([1, 20, 40]);
  });

  test.each([0, -5])('a sleep of %i ms is over, but not at once', async (ms) => {
    let over = false;
    const slept = clock.sleep(ms).then(() => {
      over = true;
    });
    expect(over).toBe(false);
    await until(slept);
    expect(over).toBe(true);
  });
}
