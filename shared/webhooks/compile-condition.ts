import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { cut } from '../json.ts';

/** An expression that is ready to be evaluated. */
export type Compiled = ParseResult;

/** Longest expression, in UTF-16 units. */
const longest = 1_000;
/** Comprehensions (`all`, `exists`, `map` …) that may stand in one another: what they do multiplies. */
const mostNested = 2;
/** Longest reason that is given, in UTF-16 units. */
const longestReason = 200;

const limits = {
  maxAstNodes: 300,
  maxDepth: 32,
  maxListElements: 100,
  maxMapEntries: 20,
  maxCallArguments: 4,
};

const comprehensions = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What an expression may call: functions whose time goes with the length of what they are given. */
const functions = new Set([
  ...comprehensions,
  ...['has', 'size', 'int', 'double', 'string', 'bool', 'dyn', 'type', 'timestamp', 'duration'],
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim'],
  ...['indexOf', 'lastIndexOf', 'substring', 'split', 'orValue', 'or', 'hasValue'],
  ...['getFullYear', 'getMonth', 'getDayOfMonth', 'getDayOfWeek', 'getHours', 'getMinutes'],
]);

const environment = withNumbers(
  new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits }),
)
  .registerVariable('payload', 'map')
  .registerVariable('event', 'map');

/** JSON has one kind of number, CEL two that do not mix: without these, `payload.issue.number + 1` would be an error. */
function withNumbers(environment: Environment): Environment {
  const operators: { [operator: string]: (left: number, right: number) => number } = {
    '+': (left, right) => left + right,
    '-': (left, right) => left - right,
    '*': (left, right) => left * right,
    '/': (left, right) => left / right,
    '%': (left, right) => left % right,
  };
  for (const [operator, apply] of Object.entries(operators)) {
    const mixed = (left: number | bigint, right: number | bigint): number =>
      apply(Number(left), Number(right));
    environment.registerOperator(`double ${operator} int: double`, mixed);
    environment.registerOperator(`int ${operator} double: double`, mixed);
  }
  return environment.registerOperator('double % double: double', operators['%'] ?? Number);
}

/** The expression, ready to be evaluated; or what is wrong with it. */
export function compile(expression: string): Compiled | string {
  if (expression.trim() === '') return 'is empty; leave it out to take every event';
  if (expression.length > longest) {
    return `has ${expression.length} characters; at most ${longest} are allowed`;
  }
  try {
    const parsed = environment.parse(expression);
    const forbidden = forbiddenIn(parsed.ast, 0);
    if (forbidden !== undefined) return forbidden;
    const { valid, type = '', error } = parsed.check();
    if (!valid) return reasonOf(error);
    if (type !== 'bool' && type !== 'dyn') return `gives ${type}; it must give true or false`;
    return parsed;
  } catch (error) {
    return reasonOf(error);
  }
}

/** What the expression may not do, wherever it does it. */
function forbiddenIn(node: ASTNode, depth: number): string | undefined {
  const problem = forbiddenCall(node);
  if (problem !== undefined) return problem;
  const isComprehension = node.op === 'rcall' && comprehensions.has(node.args[0]);
  if (isComprehension && depth >= mostNested) {
    return `nests more than ${mostNested} of all, exists, exists_one, map and filter`;
  }
  const receiver = node.op === 'rcall' ? node.args[1] : undefined;
  for (const child of childrenOf(node)) {
    const inside = isComprehension && child !== receiver ? depth + 1 : depth;
    const found = forbiddenIn(child, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

function forbiddenCall(node: ASTNode): string | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const [name] = node.args;
  if (name === 'matches') {
    return 'matches is not available: a regular expression over text from outside can be made to hang; use contains, startsWith or endsWith';
  }
  if (!functions.has(name)) return `${name} is not available`;
  const isFixed = node.op === 'call' && node.args[1].every(({ op }) => op === 'value');
  return name === 'duration' && !isFixed
    ? 'duration takes a text that stands in the expression'
    : undefined;
}

function childrenOf(node: ASTNode): ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  return [node.args].flat(3).filter((part): part is ASTNode => isNode(part));
}

function isNode(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'op' in part;
}

/** The engine's message without the picture of the place below it. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return cut((message.split('\n')[0] ?? '').toWellFormed(), longestReason);
}
