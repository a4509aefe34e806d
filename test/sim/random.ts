/** Something that happened in a life because chance had it so: a fault, a delivery, a person's deed. */
export interface Mishap {
  /** Counted from 1, in the order in which they happened. */
  number: number;
  /** What it was, in a few words: `crash before documents.commit`, `delivery`. */
  what: string;
  /** Which draw of which kind it came from: the same one, whatever else is left out. */
  id: string;
}

/** Which mishaps happen, of those that chance draws. */
export interface Allowed {
  /** Numbers of mishaps that do not happen this time. Default: none. */
  without?: Pick<ReadonlySet<number>, 'has'>;
  /** Ids of mishaps: no others happen this time. Default: all. */
  only?: Pick<ReadonlySet<string>, 'has'>;
}

/** Chance from a seed: the same seed gives the same sequence. */
export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** A whole number from `low` (at least 1) to `high`, each order of magnitude as likely as the next. */
  spread(low: number, high: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  /**
   * Whether a mishap of this probability happens. Unlike {@link Chance.happens} it is counted, and a life can be lived again
   * without it: whatever makes a life harder is drawn here.
   */
  strikes(what: string, probability: number): boolean;
  /** The mishaps so far. */
  mishaps: readonly Mishap[];
  pick<T>(values: readonly [T, ...T[]]): T;
  /**
   * Chance for one who takes part: its draws are its own, so that it does the same however often the others draw; the mishaps are
   * counted together. The same name gives the same sequence.
   */
  fork(name: string): Chance;
}

export function chance(seed: number, { without, only }: Allowed = {}): Chance {
  const mishaps: Mishap[] = [];
  let struck = 0;
  const strike = (what: string, id: string): boolean => {
    struck += 1;
    if (without?.has(struck) || only?.has(id) === false) return false;
    mishaps.push({ number: struck, what, id });
    return true;
  };
  return drawing(seed >>> 0, mishaps, strike);
}

function drawing(
  seed: number,
  mishaps: readonly Mishap[],
  strike: (what: string, id: string) => boolean,
): Chance {
  const fraction = fractions(seed);
  /** Each kind of mishap has draws of its own: when one of another kind is left out, as little else as can be changes. */
  const kinds = new Map<string, { seed: number; draws: number; fraction(): number }>();
  const kindOf = (what: string) => {
    const known = kinds.get(what);
    if (known) return known;
    const own = seedOf(what, seed);
    const kind = { seed: own, draws: 0, fraction: fractions(own) };
    kinds.set(what, kind);
    return kind;
  };
  const between = (low: number, high: number): number =>
    low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    spread: (low, high) => Math.round(low * (high / low) ** fraction()),
    happens: (probability) => fraction() < probability,
    strikes: (what, probability) => {
      const kind = kindOf(what);
      kind.draws += 1;
      return (
        kind.fraction() < probability && strike(what, `${kind.seed.toString(36)}.${kind.draws}`)
      );
    },
    mishaps,
    pick: (values) => values[between(0, values.length - 1)] ?? values[0],
    fork: (name) => drawing(seedOf(name, seed), mishaps, strike),
  };
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function fractions(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Another seed, as the name says (FNV-1a). */
function seedOf(name: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/** Chance for worlds that do not depend on any. */
export function fixedSequence(): () => number {
  let draws = 0;
  return () => {
    draws = (draws * 16_807 + 11) % 2_147_483_647;
    return draws / 2_147_483_647;
  };
}
