import type { Data, Value } from '../../../shared/ports/documents.ts';
import type * as engine from '../engines/firestore/index.ts';
import { isArray, isMap, timestamp } from '../engines/firestore/values.ts';

/** A document as it was converted once: frozen, with the names of the fields that each reader gets anew. */
interface Converted {
  data: Data;
  own: readonly string[];
}

/** Documents that are remembered at most, twice. */
const mostKept = 2_000;

/** By the state of the document: a commit makes another. */
let recent = new Map<engine.Document, Converted>();
let older = new Map<engine.Document, Converted>();
/** What frozen maps and lists of the port were made from, so that writing one back costs nothing. */
const origins = new WeakMap<object, engine.Fields | readonly engine.Value[]>();

/**
 * The fields of a document. Most documents are read several times between two commits: what holds no time and no bytes is
 * converted once and then shared, frozen. A date and bytes can be changed even when they are frozen, so each reader gets
 * its own.
 */
export function dataOf(document: engine.Document): Data {
  const { data, own } = convertedOf(document);
  if (own.length === 0) return data;
  const copy = { ...data };
  for (const name of own) {
    const value = document.fields.get(name);
    if (value !== undefined) copy[name] = toPort(value);
  }
  return copy;
}

function convertedOf(document: engine.Document): Converted {
  const known = recent.get(document) ?? older.get(document);
  if (known) return known;
  const data: Data = {};
  const own: string[] = [];
  for (const [name, value] of document.fields) {
    const converted = toPort(value);
    data[name] = converted;
    if (!isShared(converted)) own.push(name);
  }
  const made = { data: Object.freeze(data), own };
  if (recent.size >= mostKept) {
    older = recent;
    recent = new Map();
  }
  recent.set(document, made);
  return made;
}

function toPort(value: engine.Value): Value {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? Number(value) : value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (isMap(value)) return toData(value);
  if (isArray(value)) {
    const list = value.map(toPort);
    return list.every(isShared) ? frozen(list, value) : list;
  }
  if (value.kind === 'timestamp') return new Date(Number(floorDivide(value.micros, 1000n)));
  throw new Error(`the documents port has no ${value.kind} values`);
}

function toData(fields: engine.Fields): Data {
  const data: Data = {};
  let shared = true;
  for (const [name, value] of fields) {
    const converted = toPort(value);
    data[name] = converted;
    shared &&= isShared(converted);
  }
  return shared ? frozen(data, fields) : data;
}

function isShared(value: Value): boolean {
  return value === null || typeof value !== 'object' || origins.has(value);
}

function frozen<T extends object>(value: T, origin: engine.Fields | readonly engine.Value[]): T {
  origins.set(value, origin);
  return Object.freeze(value);
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

/** What a value is stored as: whole numbers as integers, all others as doubles. */
export function fromPort(value: Value): engine.Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (value instanceof Date) return timestamp(BigInt(value.getTime()) * 1000n);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const origin = origins.get(value);
  if (origin) return origin;
  if (Array.isArray(value)) return value.map(fromPort);
  return new Map(Object.entries(value).map(([name, inner]) => [name, fromPort(inner)]));
}
