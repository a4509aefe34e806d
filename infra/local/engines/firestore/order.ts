import { type Fields, isArray, isMap, rank, type Value } from './values.ts';

/** Firestore's order over all values: by type, then within the type. Negative when `a` comes first. */
export function compare(a: Value, b: Value): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (a === null || b === null) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return compareObjects(a, b);
}

function compareObjects(a: Value, b: Value): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (isArray(a) && isArray(b)) return compareArrays(a, b);
  if (isMap(a) && isMap(b)) return compareMaps(a, b);
  if (!hasKind(a) || !hasKind(b)) return 0;
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return sign(a.micros, b.micros);
  if (a.kind === 'reference' && b.kind === 'reference') return comparePaths(a.name, b.name);
  if (a.kind === 'geo' && b.kind === 'geo') {
    return sign(a.latitude, b.latitude) || sign(a.longitude, b.longitude);
  }
  return 0;
}

/** Equal as a filter sees it: `3` and `3.0` are, and so are two NaN. */
export function equal(a: Value, b: Value): boolean {
  return compare(a, b) === 0;
}

/** Equal to the last bit, types included: what decides whether a write changed anything. */
export function identical(a: Value | undefined, b: Value | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (a === undefined || b === undefined || typeof a !== typeof b) return false;
  if (typeof a !== 'object' || a === null || b === null) return false;
  if (isMap(a)) return isMap(b) && identicalFields(a, b);
  if (isArray(a)) {
    return isArray(b) && a.length === b.length && a.every((item, i) => identical(item, b[i]));
  }
  return compare(a, b) === 0;
}

export function identicalFields(a: Fields, b: Fields): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) if (!identical(value, b.get(name))) return false;
  return true;
}

/** By UTF-8 bytes, which is by code point and not by UTF-16 unit. */
export function compareStrings(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointOrder(x) - codePointOrder(y);
  }
  return a.length - b.length;
}

/** Segment by segment: the end of a segment comes before any character. */
export function comparePaths(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x === slash) return -1;
    if (y === slash) return 1;
    return codePointOrder(x) - codePointOrder(y);
  }
  return a.length - b.length;
}

const slash = '/'.charCodeAt(0);

/** Moves surrogates, which stand for code points from U+10000, behind U+E000 to U+FFFF. */
function codePointOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** NaN comes before every other number; a bigint and a number compare exactly. */
function compareNumbers(a: bigint | number, b: bigint | number): number {
  const aIsNaN = Number.isNaN(a);
  const bIsNaN = Number.isNaN(b);
  if (aIsNaN || bIsNaN) return Number(bIsNaN) - Number(aIsNaN);
  return sign(a, b);
}

function sign(a: bigint | number, b: bigint | number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function compareArrays(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, item] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const difference = compare(item, other);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** By the first key that differs, in key order, then by its value, then by size. */
function compareMaps(a: Fields, b: Fields): number {
  const left = [...a.keys()].sort(compareStrings);
  const right = [...b.keys()].sort(compareStrings);
  for (const [i, key] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const byKey = compareStrings(key, other);
    if (byKey !== 0) return byKey;
    const byValue = compare(a.get(key) ?? null, b.get(key) ?? null);
    if (byValue !== 0) return byValue;
  }
  return left.length - right.length;
}

function hasKind(value: Value): value is Extract<Value, { kind: string }> {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
