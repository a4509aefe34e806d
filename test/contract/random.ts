import { beforeAll, expect, test } from 'vitest';
import type { Random } from '../../shared/ports/index.ts';

/** What the port `Random` promises, as tests. */
export function randomContract(setup: () => Random): void {
  let random: Random;
  beforeAll(() => {
    random = setup();
  });

  test.each([0, 1, 32, 1_000])('bytes gives %i bytes, as a plain Uint8Array', (length) => {
    const bytes = random.bytes(length);
    expect(bytes).toHaveLength(length);
    expect(bytes.constructor).toBe(Uint8Array);
  });

  test('every value of a byte occurs', () => {
    expect(new Set(random.bytes(20_000)).size).toBe(256);
  });

  test('no two draws of 16 bytes are alike', () => {
    const draws = Array.from({ length: 1_000 }, () =>
      Buffer.from(random.bytes(16)).toString('hex'),
    );
    expect(new Set(draws).size).toBe(draws.length);
  });

  test('fractions lie in [0, 1) and fill it', () => {
    const draws = Array.from({ length: 2_000 }, () => random.fraction());
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    const tenths = new Set(draws.map((draw) => Math.floor(draw * 10)));
    expect(tenths.size).toBe(10);
  });
}
