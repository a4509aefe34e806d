import { describe, expect, it } from 'vitest';
import { rate } from './rate.ts';
import { rowsOf } from './visible.ts';

/** A log in which line `n` is told `wait(n)` ms after it was written. */
const seen = (wait: (line: number) => number, count: number = rate.count) =>
  Array.from({ length: count }, (_, line) => {
    const written = 1_700_000_000_000 + line * rate.everyMs;
    return { text: `12:00:00  line ${line} written at ${written} ...`, at: written + wait(line) };
  });

describe('the way of a log line', () => {
  it('is from when the line says that it was written until it was told', () => {
    const rows = rowsOf('told', [{ text: 'ready', at: 0 }, ...seen((line) => line)]);
    expect(rows.map(({ name, value }) => [name, value])).toEqual([
      ['log line, written → told, p50', rate.count / 2 - 1],
      ['log line, written → told, p95', rate.count * 0.95 - 1],
    ]);
    expect(rows[0]?.note).toMatch(/^1,000 lines, 100 a second$/);
  });

  it('has no figure where a line is missing, or was told twice', () => {
    const all = seen(() => 1);
    expect(() => rowsOf('told', all.slice(1))).toThrow('of 1000 lines, 999 were told');
    expect(() => rowsOf('told', [...all, ...all.slice(0, 1)])).toThrow('in 1001');
  });
});
