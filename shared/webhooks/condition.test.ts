import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, ifProblem } from './condition.ts';
import type { WebhookContext } from './provider.ts';

const context: WebhookContext = {
  source: 'github',
  event: 'issues',
  repo: 'acme/house',
  number: 7,
  labels: ['bug'],
  sender: 'mara',
  timestamp: '2026-03-01T12:00:00.000Z',
};

const payload: unknown = JSON.parse(`{
  "issue": { "number": 7, "ratio": 1.5, "milestone": null, "labels": [{ "name": "bug" }] },
  "commits": [{ "modified": ["docs/a.md", "src/b.ts"] }, { "modified": [] }],
  "created_at": "2026-03-01T11:00:00Z", "closed_at": "2026-03-01T12:30:00Z",
  "constructor": { "name": "x" }, "__proto__": { "polluted": true }
}`);

const holds = (expression: string) => evaluate(expression, { context, payload });

describe('an expression', () => {
  it.each([
    'payload.issue.number > 5',
    'payload.issue.number == 7',
    'payload.issue.number != 8',
    'payload.issue.number in [6, 7]',
    'payload.issue.number + 1 == 8',
    '1 + payload.issue.number == 8',
    'payload.issue.number % 2 == 1',
    'payload.issue.number * 2 == 14',
    'payload.issue.number - 7 == 0',
    'payload.issue.number / 2 == 3.5',
    '-payload.issue.number < 0',
    'payload.issue.ratio > 1',
    'payload.issue.ratio * 2 == 3',
    'payload.issue.number > payload.issue.ratio',
    'payload.issue.number % payload.issue.ratio == 1',
    'size(payload.commits) == 2 && size(payload.commits) < payload.issue.number',
    'payload.commits[payload.issue.number - 7].modified.size() == 2',
    'event.number == payload.issue.number',
    'event.repo.startsWith("acme/") && "bug" in event.labels',
    'payload.issue.labels.exists(label, label.name == "bug")',
    'payload.commits.exists(c, c.modified.exists(f, f.startsWith("docs/")))',
    'payload.commits.map(c, c.modified.size()) == [2, 0]',
    'payload.issue.milestone == null',
    '!has(payload.issue.assignee)',
    'payload.?pull_request.?draft.orValue(true)',
    'timestamp(payload.closed_at) - timestamp(payload.created_at) > duration("1h")',
    'event.repo.split("/")[0] == "acme"',
    'payload["issue"]["number"] == 7',
  ])('%s is true', (expression) => {
    expect(ifProblem(expression)).toBeUndefined();
    expect(holds(expression)).toEqual({ passes: true, why: 'is true' });
  });

  it('that is false says so', () => {
    expect(holds('payload.issue.number > 7')).toEqual({ passes: false, why: 'is false' });
  });

  it.each([
    ['payload.missing.x == 1', 'No such key: missing'],
    ['payload.commits[5] == 1', 'No such key: index out of bounds, index 5 >= size 2'],
    ['payload.issue.number < "7"', 'no such overload: dyn<double> < string'],
    ['payload.issue.ratio', 'gave a number, not true or false'],
    ['payload.created_at', 'gave a text, not true or false'],
    ['payload.issue', 'gave a map, not true or false'],
    ['payload.commits', 'gave a list, not true or false'],
    ['payload.issue.milestone', 'gave null, not true or false'],
    ['payload.constructor.name == "x"', 'Unsupported type: function'],
    ['payload.issue.toString == 1', 'No such key: toString'],
    ['payload.issue.__proto__ == 1', 'No such key: __proto__'],
  ])('%s is not satisfied, and does not throw: %s', (expression, why) => {
    expect(holds(expression)).toEqual({ passes: false, why });
  });
});

describe('a problem of an expression', () => {
  it.each<[string, RegExp]>([
    ['', /is empty/],
    ['   ', /is empty/],
    ['payload.', /./],
    ['payload.a ==', /./],
    ['x'.repeat(1_001), /1001 characters; at most 1000/],
    ['1 + 1', /gives int; it must give true or false/],
    ['"yes"', /gives string/],
    ['event', /gives map/],
    ['unknown == 1', /Unknown variable: unknown/],
    ['event.sender.matches("a+")', /matches is not available: a regular expression/],
    ['"matches" == "matches" && event.sender.matches(event.repo)', /matches is not available/],
    ['[event].exists(e, e.sender.matches("a"))', /matches is not available/],
    ['cel.bind(x, 1, x == 1)', /bind is not available/],
    ['bytes(event.body).json() == {}', /json is not available|bytes is not available/],
    ['duration(event.body) > duration("1h")', /duration takes a text that stands/],
    ['[1].all(a, [1].all(b, [1].all(c, true)))', /nests more than 2/],
    [`payload.x in [${'1,'.repeat(100)}1]`, /./],
    [`${'('.repeat(200)}true${')'.repeat(200)}`, /./],
    [`${'!'.repeat(400)}true`, /./],
    [Array(150).fill('1==1').join('||'), /./],
  ])('%.60j is named', (expression, problem) => {
    expect(ifProblem(expression)).toMatch(problem);
    expect(holds(expression)).toEqual({ passes: false, why: ifProblem(expression) });
  });

  it('may stand in a row of comprehensions: only one in another counts', () => {
    expect(
      ifProblem('[1].map(a, a).map(b, b).filter(c, c > 0).exists(d, [1].all(e, e == d))'),
    ).toBeUndefined();
  });

  it('is told of whatever text there is, without throwing', () => {
    const words = ['payload', '.', 'a', '==', '1', '(', ')', '[', '?', ':', '"', 'has', '!', '&&'];
    const expressions = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(expressions, (expression) => {
        const problem = ifProblem(expression);
        if (problem !== undefined) expect(problem.length).toBeLessThan(300);
        expect(typeof holds(expression).passes).toBe('boolean');
      }),
    );
  });
});

it('expressions are told apart, however many an instance has seen', () => {
  for (let round = 0; round < 2; round += 1) {
    for (let number = 0; number <= 600; number += 1) {
      expect(holds(`payload.issue.number == ${number}`).passes).toBe(number === 7);
    }
  }
});

describe('docs/webhooks.md', () => {
  it('has expressions that nothing is wrong with', () => {
    const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/```cel\n([\s\S]*?)```/g)].map(([, lines = '']) => lines);
    const expressions = blocks.flatMap((lines) => lines.trim().split('\n'));
    expect(expressions.length).toBeGreaterThan(3);
    expect(expressions.flatMap((expression) => ifProblem(expression) ?? [])).toEqual([]);
  });
});

describe('what somebody sends', () => {
  const against = (expression: string, hostile: unknown) =>
    evaluate(expression, { context, payload: hostile });

  it.each([
    ['payload.ones.all(x, payload.ones.all(y, x == y))', 'the event is too large'],
    ['payload.ones.all(x, x.missing == 1)', 'the event is too large'],
    ['payload.ones.map(x, x).all(y, payload.long == "a")', 'the event is too large'],
    ['payload.ones.all(x, size(payload.many) > 1)', 'the event is too large'],
    [
      'payload.long.split("").all(x, payload.long.split("").all(y, x == y))',
      'the event is too large',
    ],
    ['payload.book.contains("y")', 'a text of more than 65536 characters'],
  ])('is never more than %s can bear', (expression, why) => {
    const hostile = {
      ones: Array.from({ length: 200_000 }, () => 1),
      many: Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [index, 1])),
      long: 'x'.repeat(60_000),
      book: 'x'.repeat(5_000_000),
    };
    expect(against(expression, hostile)).toEqual({
      passes: false,
      why: expect.stringContaining(why),
    });
  });

  it('costs by what is read of it, not by its size', () => {
    const large = { small: 1, large: Array.from({ length: 1_000_000 }, () => ({ a: 'b' })) };
    expect(against('payload.small == 1', large)).toMatchObject({ passes: true });
  });

  it('is looked into only so deep', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level += 1) deep = level % 2 ? [deep] : { a: deep };
    const { why } = against('payload.a == payload.b', { a: deep, b: deep });
    expect(why).toBe('the event is more than 12 levels deep');
  });

  it('makes no expression throw, nor anything but true or false of it', () => {
    const expressions = [
      'payload.a > 1',
      'payload.a.b == payload.c',
      'payload.a.exists(x, x == payload.b)',
      'has(payload.a.b) || size(payload.a) > 1',
      'payload.a + payload.b == payload.c',
      'payload.a.map(x, x)[0] == payload.b',
      'payload.?a.?b.orValue("x") == "x"',
      'string(payload.a) == "1" || timestamp(payload.b) > timestamp(payload.c)',
    ];
    const keys = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'then');
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, '', 'x', 0, -1, 1.5, 1e300),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(keys, tie('json'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(json, fc.constantFrom(...expressions), (hostile, expression) => {
        const { passes, why } = against(expression, JSON.parse(JSON.stringify(hostile)));
        expect(typeof passes).toBe('boolean');
        expect(why.length).toBeLessThan(300);
      }),
      { numRuns: 500 },
    );
  });
});
