import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExplained, respond, unlocked } from './brute-force.ts';
import { inexplicable, isLinearizable } from './linearizable.ts';
import type { Answer, Ask, Operation } from './operation.ts';

const [a, b] = ['dev-a', 'dev-b'];
const long: Ask = { verb: 'acquire', ttlMs: 1_000 };
const keep: Ask = { verb: 'keep', ttlMs: 1_000 };

/** Operations whose places and times are `[from, to]`: those that do not overlap follow each other. */
function history(
  ...lines: [
    run: string,
    ask: Ask,
    from: number,
    to: number | null,
    answer?: Answer,
    lost?: number,
  ][]
): Operation[] {
  return lines.map(([run, ask, from, to, answer, lost = 0]) => ({
    run,
    key: ask.verb === 'end' ? null : 'x:1',
    ask,
    answer,
    from: { order: from, time: from },
    to: to === null ? undefined : { order: to, time: to },
    lost,
  }));
}

const acquired = (fence: number): Answer => ({ outcome: 'acquired', fence });
const none: Answer = { outcome: 'no such lock' };
const released: Answer = { outcome: 'released' };

describe('a history is linearizable', () => {
  it.each<[string, Operation[]]>([
    ['where nothing happened', []],
    [
      'where a lock goes from hand to hand',
      history(
        [a, long, 0, 1, acquired(1)],
        [b, long, 2, 3, { outcome: 'held', holder: a, since: 0 }],
        [a, { verb: 'release' }, 4, 5, released],
        [b, long, 6, 7, acquired(2)],
      ),
    ],
    [
      'where of two that ask at once the second to ask is first',
      history([a, long, 0, 10, acquired(2)], [b, { verb: 'acquire', ttlMs: 3 }, 1, 2, acquired(1)]),
    ],
    [
      'where a lock lapses between two who ask',
      history([a, { verb: 'acquire', ttlMs: 5 }, 0, 1, acquired(1)], [b, long, 6, 8, acquired(2)]),
    ],
    [
      'where an acquisition that nobody heard of took effect later',
      history(
        [a, long, 0, null],
        [b, long, 1, 2, acquired(1)],
        [b, { verb: 'release' }, 3, 4, released],
        [b, long, 5, 6, { outcome: 'held', holder: a, since: 5 }],
      ),
    ],
    [
      'where one that nobody heard of never took effect',
      history([a, long, 0, null], [b, long, 1, 2, acquired(1)]),
    ],
    [
      'where the holder is over, and so holds nothing',
      history(
        [a, long, 0, 1, acquired(1)],
        [a, { verb: 'end' }, 2, 3, { outcome: 'ended' }],
        [b, long, 4, 5, acquired(2)],
        [a, keep, 6, 7, { outcome: 'no such run' }],
      ),
    ],
    [
      'where a run was given a lock while it ended',
      history(
        [a, long, 0, 9, acquired(2)],
        [a, { verb: 'end' }, 1, 2, { outcome: 'ended' }],
        [b, long, 3, 4, acquired(1)],
        [b, { verb: 'release' }, 5, 6, released],
      ),
    ],
    [
      'where an acquisition was tried again, and another was faster',
      history(
        [a, { verb: 'acquire', ttlMs: 2 }, 0, 9, acquired(3), 1],
        [b, { verb: 'acquire', ttlMs: 2 }, 4, 5, acquired(2)],
      ),
    ],
    [
      'where two processes of one run give its lock back at once',
      history(
        [a, long, 0, 1, acquired(1)],
        [a, { verb: 'release' }, 2, 5, released],
        [a, { verb: 'release' }, 3, 4, released],
      ),
    ],
    [
      'where a heartbeat was in time when it was looked at',
      history(
        [a, { verb: 'acquire', ttlMs: 5 }, 0, 1, acquired(1)],
        [a, keep, 4, 9, { outcome: 'kept', until: 1_004, fence: 1 }],
        [b, long, 7, 8, { outcome: 'held', holder: a, since: 0 }],
      ),
    ],
  ])('%s', (_what, operations) => {
    expect(isLinearizable(operations)).toBe(true);
    expect(inexplicable(operations)).toBeUndefined();
  });
});

describe('a history is not linearizable', () => {
  it.each<[string, Operation[]]>([
    [
      'where two hold a lock at once',
      history([a, long, 0, 1, acquired(1)], [b, long, 2, 3, acquired(2)]),
    ],
    [
      'where two have one fence',
      history([a, long, 0, 9, acquired(1)], [b, { verb: 'acquire', ttlMs: 1 }, 1, 8, acquired(1)]),
    ],
    [
      'where a fence goes back',
      history(
        [a, { verb: 'acquire', ttlMs: 1 }, 0, 1, acquired(1)],
        [b, { verb: 'acquire', ttlMs: 1 }, 5, 6, acquired(2)],
        [a, long, 8, 9, acquired(1)],
      ),
    ],
    ['where a fence leaves one out', history([a, long, 0, 1, acquired(2)])],
    [
      'where a lock lapses too soon',
      history([a, { verb: 'acquire', ttlMs: 9 }, 0, 1, acquired(1)], [b, long, 3, 8, acquired(2)]),
    ],
    [
      'where a lock that has lapsed keeps others out',
      history(
        [a, { verb: 'acquire', ttlMs: 3 }, 0, 1, acquired(1)],
        [b, long, 5, 6, { outcome: 'held', holder: a, since: 0 }],
      ),
    ],
    [
      'where a heartbeat comes after the lock has lapsed, and revives it',
      history(
        [a, { verb: 'acquire', ttlMs: 3 }, 0, 1, acquired(1)],
        [a, keep, 5, 6, { outcome: 'kept', until: 1_005, fence: 1 }],
      ),
    ],
    [
      'where a heartbeat gives more time than it may',
      history(
        [a, long, 0, 1, acquired(1)],
        [a, keep, 2, 3, { outcome: 'kept', until: 1_004, fence: 1 }],
      ),
    ],
    [
      'where a dead holder keeps others out',
      history(
        [a, long, 0, 1, acquired(1)],
        [a, { verb: 'end' }, 2, 3, { outcome: 'ended' }],
        [b, long, 4, 5, { outcome: 'held', holder: a, since: 0 }],
      ),
    ],
    [
      'where a run is given a lock although it was over before it asked',
      history([a, { verb: 'end' }, 0, 1, { outcome: 'ended' }], [a, long, 2, 3, acquired(1)]),
    ],
    [
      'where a run that lives is said to be over',
      history([a, long, 0, 1, { outcome: 'no such run' }]),
    ],
    [
      'where nobody is found to hold what somebody holds',
      history([a, long, 0, 1, acquired(1)], [a, keep, 2, 3, none]),
    ],
    [
      'where another gives the lock back',
      history([a, long, 0, 1, acquired(1)], [b, { verb: 'release' }, 2, 3, released]),
    ],
    [
      'where a lock is given back twice',
      history(
        [a, long, 0, 1, acquired(1)],
        [a, { verb: 'release' }, 2, 3, released],
        [a, { verb: 'release' }, 4, 5, released],
      ),
    ],
    [
      'where an acquisition that was tried once took effect twice',
      history(
        [a, { verb: 'acquire', ttlMs: 2 }, 0, 9, acquired(3)],
        [b, { verb: 'acquire', ttlMs: 2 }, 4, 5, acquired(2)],
      ),
    ],
    [
      'where a lock is broken that nobody holds',
      history(['operator', { verb: 'break' }, 0, 1, { outcome: 'broken', holder: a, fence: 0 }]),
    ],
  ])('%s', (_what, operations) => {
    expect(isLinearizable(operations)).toBe(false);
    // Until the last answer, all could be explained.
    const answers = operations.toSorted(
      (one, other) => (one.to?.order ?? 0) - (other.to?.order ?? 0),
    );
    expect(inexplicable(operations)).toBe(answers.at(-1));
  });
});

const verb = fc.constantFrom<Ask>(
  { verb: 'acquire', ttlMs: 2 },
  { verb: 'acquire', ttlMs: 9 },
  { verb: 'keep', ttlMs: 3 },
  { verb: 'release' },
  { verb: 'break' },
  { verb: 'end' },
);

/** What is asked one after another, how long each takes, and what becomes of the answer. */
const question = fc.record({
  run: fc.constantFrom(a, b),
  ask: verb,
  early: fc.integer({ min: 0, max: 3 }),
  late: fc.integer({ min: 0, max: 3 }),
  pause: fc.integer({ min: 0, max: 3 }),
  isLost: fc.constantFrom(false, false, false, true),
  lost: fc.constantFrom(0, 0, 1),
  wrong: fc.constantFrom(-1, -1, -1, 0, 1, 2, 3),
});
interface Question {
  run: string;
  ask: Ask;
  early: number;
  late: number;
  pause: number;
  isLost: boolean;
  lost: number;
  /** Which of the wrong answers; below 0: none. */
  wrong: number;
}

const over: Answer = { outcome: 'no such run' };
/** Answers that a question may have, and that are most often wrong. */
const wrongAnswers: { readonly [verb in Ask['verb']]: readonly Answer[] } = {
  acquire: [acquired(1), acquired(2), { outcome: 'held', holder: a, since: 0 }, over],
  keep: [none, { outcome: 'held', holder: a }, { outcome: 'kept', until: 4, fence: 1 }, over],
  release: [released, none, { outcome: 'held', holder: b }, over],
  break: [{ outcome: 'free' }, { outcome: 'broken', holder: a, fence: 1 }],
  end: [],
};

/** A history in which each was answered as a lock answers, except where the answer is wrong or lost. */
function historyOf(
  questions: readonly Question[],
  speed: { pauses: number; spans: number },
): Operation[] {
  let lock = unlocked;
  let time = 0;
  const ends = new Set<string>();
  return questions.flatMap(({ run, ask, early, late, pause, isLost, lost, wrong }, index) => {
    time += pause * speed.pauses;
    if (ask.verb === 'end' && ends.has(run)) return [];
    if (ask.verb === 'end') ends.add(run);
    // No two of them at one place.
    const place = 100 * index + index;
    const operation: Operation = {
      run: ask.verb === 'break' ? 'operator' : run,
      key: 'x:1',
      ask,
      answer: undefined,
      from: { order: place - 100 * early - 50, time: Math.max(0, time - early * speed.spans) },
      to: undefined,
      lost,
    };
    const [answer, next] = respond(lock, operation, time, time);
    lock = next;
    if (isLost) return [operation];
    const to = { order: place + 100 * late, time: time + late * speed.spans };
    return [{ ...operation, answer: wrongAnswers[ask.verb][wrong] ?? answer, to }];
  });
}

describe('the search agrees with trying every order', () => {
  it('where time stands still', () => {
    let right = 0;
    const rounds = 1_500;
    fc.assert(
      fc.property(fc.array(question, { maxLength: 5 }), (questions) => {
        const operations = historyOf(questions, { pauses: 0, spans: 0 });
        const isRight = isExplained(operations, 0);
        right += isRight ? 1 : 0;
        expect(isLinearizable(operations)).toBe(isRight);
      }),
      { numRuns: rounds },
    );
    expect(right / rounds).toBeGreaterThan(0.2);
    expect(right / rounds).toBeLessThan(0.8);
  });

  it('where each question is answered at once, and no answer is lost', () => {
    fc.assert(
      fc.property(fc.array(question, { maxLength: 6 }), (questions) => {
        const answered = questions.map((one) => ({ ...one, isLost: false, lost: 0 }));
        const operations = historyOf(answered, { pauses: 1, spans: 0 });
        expect(isLinearizable(operations)).toBe(isExplained(operations, 20));
      }),
      { numRuns: 1_500 },
    );
  });

  it('where questions take their time, in that it refuses nothing that can be explained', () => {
    fc.assert(
      fc.property(fc.array(question, { maxLength: 3 }), (questions) => {
        const operations = historyOf(questions, { pauses: 1, spans: 1 });
        fc.pre(isExplained(operations, 10));
        expect(isLinearizable(operations)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
