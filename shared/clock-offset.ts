/** One answer of Firestore's: its own time of it, and when the call began and ended by the clock of the instance. */
export interface Answered {
  /** All three in ms since the epoch. */
  at: number;
  began: number;
  ended: number;
}

/** How far Firestore's clock is ahead of an instance's, as far as the instance can tell. */
export interface ClockOffset {
  /** What is added to the instance's clock, in ms. 0 until an answer proves that this is wrong. */
  ms(): number;
  /** Learns from an answer, and answers whether it changed the offset. */
  learn(answered: Answered): boolean;
}

/** The offset lies between these, in ms, as was known at `at` by the instance's clock. */
interface Bounds {
  low: number;
  high: number;
  at: number;
}

/**
 * How far a time that Firestore gives may be from the right one, and the clock of an instance that is right from it, in ms.
 * Firestore's times carry an uncertainty of 1 to 7 ms (Corbett et al., "Spanner: Google's Globally-Distributed Database", OSDI
 * 2012, section 3), and both times are cut to the millisecond.
 */
export const uncertaintyMs = 10;

/** How fast a clock that runs may drift from the right one: NTP slews by no more (RFC 5905, 500 parts in a million). */
export const drift = 500e-6;

/**
 * An offset that nothing is known of yet.
 *
 * Firestore answers after it was asked and before the answer is there. So each answer bounds the offset, and the narrower the
 * faster it came; what was known before narrows it further, by less the longer ago it was. The offset stays as it is while it
 * lies within the bounds: a clock that is right is never corrected, and a call that hung corrects nothing. Else it becomes 0
 * where that is possible, or the lower bound: the time that Firestore has certainly reached, so that nothing happens early.
 */
export function createClockOffset(): ClockOffset {
  let known: Bounds | undefined;
  let offset = 0;
  return {
    ms: () => offset,
    learn: (answered) => {
      const before = offset;
      known = narrowed(known, answered);
      if (known && !allows(known, offset)) offset = allows(known, 0) ? 0 : known.low;
      return offset !== before;
    },
  };
}

function allows({ low, high }: Bounds, offset: number): boolean {
  return low <= offset && offset <= high;
}

/** The bounds after an answer; undefined when the clock was set back meanwhile, which tells nothing and ends all that was known. */
function narrowed(known: Bounds | undefined, { at, began, ended }: Answered): Bounds | undefined {
  if (ended < began) return undefined;
  const slack = uncertaintyMs + drift * (ended - began);
  const newest: Bounds = { low: at - ended - slack, high: at - began + slack, at: ended };
  if (!known) return newest;
  const faded = drift * Math.max(0, ended - known.at);
  const low = Math.max(newest.low, known.low - faded);
  const high = Math.min(newest.high, known.high + faded);
  // Both cannot be true: somebody has set the clock since, and what was known is about the one before.
  return low <= high ? { low, high, at: ended } : newest;
}
