import { EngineError, type Json } from '../../engine.ts';
import { type Severity, severities } from '../entry.ts';
import { parseTime } from '../times.ts';
import type { Literal, Operator } from './parse.ts';

/** Whether a field's value satisfies the comparison. undefined: the entry has no such field. */
export type Test = (value: Json | undefined) => boolean;

const orders: { readonly [op: string]: (difference: number) => boolean } = {
  '=': (difference) => difference === 0,
  ':': (difference) => difference === 0,
  '!=': (difference) => difference !== 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
};

/** Compares with a number of a known order: a time, or a severity's rank. */
function ranked(op: Operator, right: number): Test {
  const holds = orders[op];
  if (!holds)
    throw new EngineError('INVALID_ARGUMENT', `Unparseable filter: operator '${op}' needs text`);
  return (value) => typeof value === 'number' && holds(value - right);
}

/** `timestamp` and `receiveTimestamp`, in ms since the epoch. */
export function timeTest(op: Operator, { text }: Literal): Test {
  const right = parseTime(text);
  if (right === undefined)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Unparseable filter: invalid timestamp '${text}', expected RFC 3339`,
    );
  return ranked(op, right);
}

/** `severity`, by its rank; names in any case, or numbers. */
export function severityTest(op: Operator, { text }: Literal): Test {
  const name = text.toUpperCase();
  const rank = name in severities ? severities[name as Severity] : Number(text || Number.NaN);
  if (Number.isNaN(rank))
    throw new EngineError('INVALID_ARGUMENT', `Unparseable filter: invalid severity '${text}'`);
  return ranked(op, rank);
}

/** Text, numbers, booleans and null, and lists of them: one matching member is enough. */
export function valueTest(op: Operator, literal: Literal): Test {
  if (op === '=~' || op === '!~') return patternTest(op, literal.text);
  const scalar = scalarTest(op, literal);
  const test: Test = (value) => (Array.isArray(value) ? value.some(test) : scalar(value));
  return test;
}

function scalarTest(op: Operator, { text, quoted }: Literal): Test {
  const holds = orders[op] ?? (() => false);
  const folded = text.toLowerCase();
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const isNull = !quoted && text === 'NULL_VALUE';
  return (value) => {
    if (typeof value === 'string') {
      const left = value.toLowerCase();
      if (op === ':') return left.includes(folded);
      return holds(left < folded ? -1 : left > folded ? 1 : 0);
    }
    if (typeof value === 'number') return !Number.isNaN(number) && holds(value - number);
    // Neither more nor less than anything: only equal to itself, or not.
    if (typeof value === 'boolean') return holds(String(value) === folded ? 0 : Number.NaN);
    return value === null && holds(isNull ? 0 : Number.NaN);
  };
}

/** What JavaScript's patterns have and RE2's do not: looking around and referring back. */
const unknownToRe2 = /\(\?<?[=!]|\\[1-9]/;

/** Case counts, and the pattern may match anywhere in the text. */
function patternTest(op: '=~' | '!~', source: string): Test {
  const pattern = compilePattern(source);
  const wanted = op === '=~';
  const test: Test = (value) =>
    Array.isArray(value)
      ? value.some(test)
      : typeof value === 'string' && pattern.test(value) === wanted;
  return test;
}

function compilePattern(source: string): RegExp {
  const [, flags = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? [];
  try {
    if (!unknownToRe2.test(rest)) return new RegExp(rest, flags);
  } catch {
    // Not a pattern to JavaScript either.
  }
  throw new EngineError(
    'INVALID_ARGUMENT',
    `Unparseable filter: invalid regular expression '${source}'`,
  );
}
