/** Chance from a seed: the same seed gives the same sequence (mulberry32). */
export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** A whole number from `low` (at least 1) to `high`, each order of magnitude as likely as the next. */
  spread(low: number, high: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  pick<T>(values: readonly [T, ...T[]]): T;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    spread: (low, high) => Math.round(low * (high / low) ** fraction()),
    happens: (probability) => fraction() < probability,
    pick: (values) => values[between(0, values.length - 1)] ?? values[0],
  };
}

/** Chance for worlds that do not depend on any. */
export function fixedSequence(): () => number {
  let draws = 0;
  return () => {
    draws = (draws * 16_807 + 11) % 2_147_483_647;
    return draws / 2_147_483_647;
  };
}
