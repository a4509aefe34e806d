import { describe, expect, it } from 'vitest';
import { keyFields, keyProblem } from './concurrency-key.ts';

describe('the template of a concurrency key', () => {
  it.each(['one', '{repo}', '{repo}#{number}', 'a{branch}b', ...keyFields.map((f) => `{${f}}`)])(
    'may be %s',
    (template) => {
      expect(keyProblem(template)).toBeUndefined();
    },
  );

  it.each([
    ['', 'is empty'],
    ['{rpo}', '{rpo} is no field of an event; did you mean repo?'],
    ['{}', '{} is no field of an event; there are source, '],
    ['{constructor}', '{constructor} is no field'],
    ['{repo', 'a brace without its partner'],
    ['repo}', 'a brace without its partner'],
    ['{{repo}}', 'a brace without its partner'],
    ['x'.repeat(201), 'at most 200'],
  ])('may not be %s', (template, problem) => {
    expect(keyProblem(template)).toContain(problem);
  });
});
