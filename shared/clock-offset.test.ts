import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answered, createClockOffset, drift, uncertaintyMs } from './clock-offset.ts';

const minutes = 60_000;

/** One call as it was: how long after the one before, and how long until it was answered and the answer was there, in ms. */
interface Call {
  after: number;
  untilAnswered: number;
  untilThere: number;
}

const latency = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.integer({ min: 0, max: 10 * minutes }),
);
const calls = fc.array(
  fc.record<Call>({
    after: fc.integer({ min: 0, max: 60 * minutes }),
    untilAnswered: latency,
    untilThere: latency,
  }),
  { minLength: 1, maxLength: 30 },
);

/** What an instance has of these calls, whose clock shows `clockAt(true time)`, in the order in which the answers are there. */
function answersOf(made: readonly Call[], clockAt: (time: number) => number) {
  let began = Date.parse('2026-03-01T12:00:00Z');
  const answers = made.map(({ after, untilAnswered, untilThere }) => {
    began += after;
    const at = began + untilAnswered;
    const ended = at + untilThere;
    return { ended, answered: { at, began: clockAt(began), ended: clockAt(ended) } };
  });
  return answers.toSorted((a, b) => a.ended - b.ended);
}

const widthOf = ({ began, ended }: Answered): number =>
  ended - began + 2 * uncertaintyMs + 2 * drift * (ended - began);

describe('the offset of a clock', () => {
  it('is off by no more than the fastest answer took, with what the clock has drifted since', () => {
    const skew = fc.integer({ min: -10 * minutes, max: 10 * minutes });
    const rate = fc.double({ min: -drift * 0.9, max: drift * 0.9, noNaN: true });
    fc.assert(
      fc.property(calls, skew, rate, (made, ahead, faster) => {
        const start = Date.parse('2026-03-01T12:00:00Z');
        const clockAt = (time: number): number =>
          Math.floor(time + ahead + faster * (time - start));
        const offset = createClockOffset();
        const seen: Answered[] = [];
        for (const { ended, answered } of answersOf(made, clockAt)) {
          offset.learn(answered);
          seen.push(answered);
          const allowed = seen.map(
            (one) => widthOf(one) + 2 * drift * (answered.ended - one.ended),
          );
          const error = Math.abs(clockAt(ended) + offset.ms() - ended);
          expect(error).toBeLessThanOrEqual(Math.min(...allowed) + 2);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is never ahead of the time that Firestore has reached', () => {
    const skew = fc.integer({ min: -10 * minutes, max: 10 * minutes });
    fc.assert(
      fc.property(calls, skew, (made, ahead) => {
        const offset = createClockOffset();
        for (const { ended, answered } of answersOf(made, (time) => time + ahead)) {
          offset.learn(answered);
          if (offset.ms() !== 0) expect(answered.ended + offset.ms()).toBeLessThanOrEqual(ended);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of a clock that is right stays nothing, however long calls take and in whatever order they end', () => {
    const error = fc.integer({ min: -(uncertaintyMs - 1), max: uncertaintyMs - 1 });
    fc.assert(
      fc.property(calls, error, (made, ahead) => {
        const offset = createClockOffset();
        for (const { answered } of answersOf(made, (time) => time + ahead)) {
          expect(offset.learn(answered)).toBe(false);
          expect(offset.ms()).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not change by an answer that does not prove it wrong', () => {
    const offset = createClockOffset();
    expect(offset.learn({ at: 600_000, began: 0, ended: 20 })).toBe(true);
    const learnt = offset.ms();
    expect(offset.learn({ at: 630_000, began: 10_000, ended: 90_000 })).toBe(false);
    expect(offset.ms()).toBe(learnt);
  });

  it('is learnt anew from the first call after the clock was set', () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: -60 * minutes, max: 60 * minutes }), (made, jump) => {
        const offset = createClockOffset();
        const ahead = (time: number): number => time - 7 * minutes;
        const before = answersOf(made, ahead);
        for (const { answered } of before) offset.learn(answered);
        const last = before.at(-1)?.ended ?? 0;
        const began = last + 1_000;
        offset.learn({ at: began + 5, began: ahead(began) + jump, ended: ahead(began) + jump + 9 });
        const error = Math.abs(ahead(began) + jump + offset.ms() - began);
        expect(error).toBeLessThanOrEqual(2 * (9 + 2 * uncertaintyMs) + drift * 60 * minutes);
      }),
      { numRuns: 300 },
    );
  });

  it('is nothing again once the clock was put right', () => {
    const offset = createClockOffset();
    offset.learn({ at: 600_000, began: 0, ended: 20 });
    expect(offset.ms()).toBeGreaterThan(599_000);
    offset.learn({ at: 601_000, began: 600_990, ended: 601_010 });
    expect(offset.ms()).toBe(0);
  });

  it('learns nothing from a call during which the clock was set back', () => {
    const offset = createClockOffset();
    offset.learn({ at: 600_000, began: 0, ended: 20 });
    const learnt = offset.ms();
    expect(offset.learn({ at: 600_100, began: 120, ended: -300_000 })).toBe(false);
    expect(offset.ms()).toBe(learnt);
    expect(offset.learn({ at: 600_200, began: -299_990, ended: -299_970 })).toBe(true);
    expect(offset.ms()).toBeGreaterThan(900_000);
  });
});
