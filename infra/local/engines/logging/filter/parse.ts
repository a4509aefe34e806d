import { EngineError } from '../../engine.ts';
import { type Token, tokenise, unparseable } from './tokens.ts';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | ':' | '=~' | '!~';

/** The right-hand side of a comparison. */
export interface Literal {
  text: string;
  /** A quoted string; an unquoted `*` or `NULL_VALUE` has a meaning of its own. */
  quoted: boolean;
}

export interface Comparison {
  /** `labels."run.googleapis.com/execution_name"` is two segments. */
  path: readonly string[];
  op: Operator;
  value: Literal;
  /** Offset of the path in the filter. */
  at: number;
}

export type Expression =
  | { all: Expression[] }
  | { any: Expression[] }
  | { not: Expression }
  | { compare: Comparison };

/** Longest filter, in characters (Logging quotas page). */
const maxFilterLength = 20_000;

/**
 * Parses the part of Cloud Logging's query language that compares named fields. `OR` binds tighter than `AND`, and
 * `AND` may be left out: `a OR NOT b AND c` is `(a OR (NOT b)) AND c` (Logging query language page).
 *
 * @returns undefined for a blank filter, which matches everything.
 */
export function parseFilter(filter: string): Expression | undefined {
  if (filter.length > maxFilterLength)
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Filter is too long: ${filter.length} characters, at most ${maxFilterLength} are allowed`,
    );
  const reader = read(filter);
  if (reader.peek().kind === 'end') return undefined;
  const expression = conjunction(reader);
  if (reader.peek().kind !== 'end') throw reader.refuse(reader.peek());
  return expression;
}

interface Reader {
  peek(): Token;
  take(): Token;
  /** Takes the next token when it is the unquoted `keyword`. */
  accept(keyword: string): boolean;
  refuse(token: Token): EngineError;
  unsupported(token: Token, what: string): EngineError;
}

function read(filter: string): Reader {
  const tokens = tokenise(filter);
  const end: Token = { kind: 'end', text: '', at: filter.length };
  let position = 0;
  const peek = (): Token => tokens[position] ?? end;
  const take = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  return {
    peek,
    take,
    accept: (keyword) => {
      const { kind, text } = peek();
      if (kind !== 'text' || text !== keyword) return false;
      take();
      return true;
    },
    refuse: (token) => unparseable(filter, token.at, token.text),
    unsupported: (token, what) =>
      new EngineError(
        'UNIMPLEMENTED',
        `the local Cloud Logging does not support ${what}: '${token.text}' at offset ${token.at} of the filter`,
      ),
  };
}

function conjunction(reader: Reader): Expression {
  const all = [disjunction(reader)];
  while (reader.accept('AND') || !endsConjunction(reader.peek())) all.push(disjunction(reader));
  return one(all) ?? { all };
}

function endsConjunction(token: Token): boolean {
  return token.kind === 'end' || token.kind === ')';
}

function disjunction(reader: Reader): Expression {
  const any = [term(reader)];
  while (reader.accept('OR')) any.push(term(reader));
  return one(any) ?? { any };
}

function term(reader: Reader): Expression {
  if (reader.peek().kind === '-') {
    reader.take();
    return { not: term(reader) };
  }
  if (reader.accept('NOT')) return { not: term(reader) };
  if (reader.peek().kind !== '(') return comparison(reader);
  reader.take();
  const inner = conjunction(reader);
  closeParenthesis(reader);
  return inner;
}

function comparison(reader: Reader): Expression {
  const first = reader.peek();
  const path = [segment(reader)];
  while (reader.peek().kind === '.') {
    reader.take();
    path.push(segment(reader));
  }
  const sign = reader.peek();
  if (sign.kind === '(') throw reader.unsupported(first, 'functions');
  if (sign.kind !== 'op') throw reader.unsupported(first, 'a search over all fields');
  reader.take();
  const compare = (value: Literal): Expression => ({
    compare: { path, op: sign.text as Operator, value, at: first.at },
  });
  return operand(reader, compare);
}

/** A value, or a parenthesised combination of values, each of which the field is compared with. */
function operand(reader: Reader, compare: (value: Literal) => Expression): Expression {
  if (reader.peek().kind !== '(') return compare(literal(reader));
  reader.take();
  const all: Expression[] = [];
  do {
    const any = [negatable(reader, compare)];
    while (reader.accept('OR')) any.push(negatable(reader, compare));
    all.push(one(any) ?? { any });
  } while (reader.accept('AND') || !endsConjunction(reader.peek()));
  closeParenthesis(reader);
  return one(all) ?? { all };
}

function negatable(reader: Reader, compare: (value: Literal) => Expression): Expression {
  if (reader.accept('NOT')) return { not: operand(reader, compare) };
  return operand(reader, compare);
}

function closeParenthesis(reader: Reader): void {
  const token = reader.take();
  if (token.kind !== ')') throw reader.refuse(token);
}

const keywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT']);

function segment(reader: Reader): string {
  const token = reader.take();
  if (token.kind === 'string') return token.text;
  if (token.kind !== 'text' || keywords.has(token.text)) throw reader.refuse(token);
  return token.text;
}

/** A string, or an unquoted word; a number may have a sign and a fraction. */
function literal(reader: Reader): Literal {
  const first = reader.peek();
  if (first.kind === 'string') return { text: reader.take().text, quoted: true };
  let text = '';
  if (first.kind === '-') text += reader.take().text;
  text += segment(reader);
  while (reader.peek().kind === '.') {
    reader.take();
    text += `.${segment(reader)}`;
  }
  return { text, quoted: false };
}

function one(expressions: Expression[]): Expression | undefined {
  return expressions.length === 1 ? expressions[0] : undefined;
}
