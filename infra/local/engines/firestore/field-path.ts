import { EngineError } from '../engine.ts';
import { type Fields, isMap, type Value } from './values.ts';

/** A parsed field path. */
export interface FieldPath {
  /** Canonical form: segments that are not simple names stand in backquotes. */
  readonly text: string;
  readonly segments: readonly string[];
}

/** Stands for the document's own name in filters, orders and projections. */
export const documentName: FieldPath = { text: '__name__', segments: ['__name__'] };

const parsed = new Map<string, FieldPath>([[documentName.text, documentName]]);
/** So that a client that makes paths up cannot fill the memory. */
const mostParsed = 10_000;

const simple = /^[A-Za-z_][A-Za-z0-9_]*$/;
const segment = /(?:`((?:[^`\\]|\\.)*)`|([^`.~*/[\]]+))(\.|$)/gy;

/** The path that `text` spells, such as `a.b` or `` a.`x y` ``. */
export function fieldPath(text: string): FieldPath {
  let path = parsed.get(text);
  if (!path) {
    path = fieldPathOf(split(text));
    if (parsed.size < mostParsed) parsed.set(text, path);
  }
  return path;
}

/** The path with these segments. */
export function fieldPathOf(segments: readonly string[]): FieldPath {
  const spelled = segments.map((name) =>
    simple.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``,
  );
  return { text: spelled.join('.'), segments };
}

function split(text: string): string[] {
  const segments: string[] = [];
  segment.lastIndex = 0;
  let ended = false;
  while (!ended) {
    const match = segment.exec(text);
    const [, quoted, plain, end] = match ?? [];
    const name = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1');
    if (!match || !name) throw new EngineError('INVALID_ARGUMENT', `Invalid field path: "${text}"`);
    segments.push(name);
    ended = end === '';
  }
  return segments;
}

/** The value at `path`, or undefined. */
export function valueAt(fields: Fields, path: FieldPath): Value | undefined {
  const { segments } = path;
  const [first] = segments;
  if (first === undefined) return undefined;
  let value = fields.get(first);
  for (let i = 1; i < segments.length; i++) {
    if (!isMap(value)) return undefined;
    value = value.get(segments[i] ?? '');
  }
  return value;
}

/** `fields` with the value at `path` replaced, or removed when `value` is undefined. */
export function withValueAt(fields: Fields, path: FieldPath, value: Value | undefined): Fields {
  return replaced(fields, path.segments, 0, value);
}

function replaced(
  fields: Fields,
  segments: readonly string[],
  depth: number,
  value: Value | undefined,
): Fields {
  const name = segments[depth] ?? '';
  const last = depth === segments.length - 1;
  const inner = fields.get(name);
  if (value === undefined && (last ? inner === undefined : !isMap(inner))) return fields;
  const copy = new Map(fields);
  if (!last) copy.set(name, replaced(isMap(inner) ? inner : empty, segments, depth + 1, value));
  else if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}

const empty: Fields = new Map();

/** Only what `mask` names. */
export function masked(fields: Fields, mask: readonly FieldPath[]): Fields {
  let kept: Fields = empty;
  for (const path of mask) {
    const value = path === documentName ? undefined : valueAt(fields, path);
    if (value !== undefined) kept = withValueAt(kept, path, value);
  }
  return kept;
}
