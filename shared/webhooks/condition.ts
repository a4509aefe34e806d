import { type Compiled, compile, reasonOf } from './compile-condition.ts';
import { metered } from './metered.ts';
import type { WebhookEvent } from './provider.ts';

/** What is wrong with the expression of an `if`, as a sentence that says what to do; undefined when nothing is. */
export function ifProblem(expression: string): string | undefined {
  const compiled = compile(expression);
  return typeof compiled === 'string' ? compiled : undefined;
}

export interface Evaluation {
  passes: boolean;
  /** Half a sentence: what it came to. */
  why: string;
}

/**
 * Whether an event satisfies the expression, which sees its JSON as `payload` and what agents are told of it as `event`. One
 * that cannot be evaluated, because a field of it is missing for example, is not satisfied, and `why` has the error.
 */
export function evaluate(expression: string, { context, payload }: WebhookEvent): Evaluation {
  const compiled = remembered(expression);
  if (typeof compiled === 'string') return { passes: false, why: compiled };
  const view = metered();
  try {
    const result: unknown = compiled({ payload: view(payload), event: view(context) });
    if (typeof result === 'boolean') return { passes: result, why: `is ${result}` };
    return { passes: false, why: `gave ${kindOf(result)}, not true or false` };
  } catch (error) {
    return { passes: false, why: reasonOf(error) };
  }
}

/** Expressions of the releases that this instance has seen: as many as a few releases have. */
const compilations = new Map<string, Compiled | string>();
const mostCompilations = 500;

function remembered(expression: string): Compiled | string {
  const known = compilations.get(expression);
  if (known !== undefined) return known;
  if (compilations.size >= mostCompilations) compilations.clear();
  const compiled = compile(expression);
  compilations.set(expression, compiled);
  return compiled;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const kinds: { [type: string]: string } = { string: 'a text', object: 'a map' };
  return kinds[typeof value] ?? 'a number';
}
