import { EngineError } from '../../engine.ts';

/** `text` is an unquoted word, `string` a quoted one with its escapes resolved. */
export interface Token {
  kind: 'text' | 'string' | 'op' | '(' | ')' | '.' | '-' | 'end';
  text: string;
  /** Offset in the filter, for messages. */
  at: number;
}

const space = /\s+|--[^\n]*/y;
const operator = /!=|>=|<=|=~|!~|[=><:]/y;
const word = /[A-Za-z0-9_*][A-Za-z0-9_*-]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/sy;

/** Cuts a filter of Cloud Logging's query language into tokens; the last one is `end`. */
export function tokenise(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(filter)?.[0];
  };
  while (at < filter.length) {
    const skipped = match(space);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const token = next(filter, at, match);
    tokens.push(token.token);
    at += token.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function next(
  filter: string,
  at: number,
  match: (pattern: RegExp) => string | undefined,
): { token: Token; length: number } {
  const text = match(word);
  if (text !== undefined) return { token: { kind: 'text', text, at }, length: text.length };
  const op = match(operator);
  if (op !== undefined) return { token: { kind: 'op', text: op, at }, length: op.length };
  const literal = match(quoted);
  if (literal !== undefined)
    return { token: { kind: 'string', text: unquote(literal), at }, length: literal.length };
  const character = filter.charAt(at);
  if (character === '(' || character === ')' || character === '.' || character === '-')
    return { token: { kind: character, text: character, at }, length: 1 };
  throw unparseable(filter, at, character);
}

const escapes: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t' };

/** An unknown escape keeps its backslash, so that `"\."` is a dot to a regular expression. */
function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(.)/gs, (whole, letter: string) =>
      letter === '"' || letter === '\\' ? letter : (escapes[letter] ?? whole),
    );
}

/** What a filter is refused with, in Google's words, with the place counted from 1. */
export function unparseable(filter: string, at: number, token: string): EngineError {
  const before = filter.slice(0, at).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return new EngineError(
    'INVALID_ARGUMENT',
    `Unparseable filter: syntax error at line ${before.length}, column ${column}, token '${token}'`,
  );
}
