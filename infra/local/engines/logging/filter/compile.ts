import { EngineError } from '../../engine.ts';
import type { StoredEntry } from '../entry.ts';
import { field } from './fields.ts';
import { type Comparison, type Expression, parseFilter } from './parse.ts';

/** Whether an entry is selected by a filter. */
export type Matcher = (entry: StoredEntry) => boolean;

/**
 * A filter of Cloud Logging's query language as a function. Everything that is wrong with the filter is refused here,
 * before any entry is looked at.
 */
export function compileFilter(filter: string): Matcher {
  const expression = parseFilter(filter);
  return expression ? compile(expression, filter) : () => true;
}

function compile(expression: Expression, filter: string): Matcher {
  if ('all' in expression) {
    const matchers = expression.all.map((part) => compile(part, filter));
    return (entry) => matchers.every((matches) => matches(entry));
  }
  if ('any' in expression) {
    const matchers = expression.any.map((part) => compile(part, filter));
    return (entry) => matchers.some((matches) => matches(entry));
  }
  if ('not' in expression) {
    const matches = compile(expression.not, filter);
    return (entry) => !matches(entry);
  }
  return placed(expression.compare, filter);
}

/** A comparison, whose refusal says where in the filter it stands. */
function placed(comparison: Comparison, filter: string): Matcher {
  try {
    return compared(comparison);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const before = filter.slice(0, comparison.at).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    throw new EngineError(
      error.code,
      `${error.message}, at line ${before.length}, column ${column}`,
    );
  }
}

function compared({ path, op, value }: Comparison): Matcher {
  const { value: of, present, test } = field(path);
  if (op === ':' && value.text === '*' && !value.quoted) return present;
  const holds = test(op, value);
  return (entry) => holds(of(entry));
}
