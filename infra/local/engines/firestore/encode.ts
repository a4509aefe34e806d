import type { Json } from '../engine.ts';
import { type Fields, isArray, isMap, reference, timestamp, type Value } from './values.ts';

/**
 * JSON that loses nothing. Null, booleans, strings and arrays are themselves; every other type is an object with one
 * key that names it: `i` integer, `d` double, `t` microseconds, `b` base64, `r` reference, `g` geo point, `m` map.
 */
export function encode(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { i: value.toString() };
  if (typeof value === 'number') return { d: encodeDouble(value) };
  if (isArray(value)) return value.map(encode);
  if (isMap(value)) return { m: encodeFields(value) };
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  if (value.kind === 'timestamp') return { t: value.micros.toString() };
  if (value.kind === 'reference') return { r: value.name };
  return { g: [encodeDouble(value.latitude), encodeDouble(value.longitude)] };
}

export function encodeFields(fields: Fields): { [name: string]: Json } {
  const encoded: { [name: string]: Json } = {};
  for (const [name, value] of fields) encoded[name] = encode(value);
  return encoded;
}

/** The value that {@link encode} made `json` from. */
export function decode(json: Json): Value {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (Array.isArray(json)) return json.map(decode);
  const [entry] = Object.entries(json);
  if (typeof json === 'number' || !entry) throw unreadable(json);
  const [type, content] = entry;
  if (type === 'm') return decodeFields(content);
  if (type === 'd') return decodeDouble(content);
  if (type === 'g' && Array.isArray(content)) {
    const [latitude = 0, longitude = 0] = content.map(decodeDouble);
    return { kind: 'geo', latitude, longitude };
  }
  if (typeof content !== 'string') throw unreadable(json);
  if (type === 'i') return BigInt(content);
  if (type === 't') return timestamp(BigInt(content));
  if (type === 'b') return new Uint8Array(Buffer.from(content, 'base64'));
  if (type === 'r') return reference(content);
  throw unreadable(json);
}

export function decodeFields(json: Json): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unreadable(json);
  return new Map(Object.entries(json).map(([name, value]) => [name, decode(value)]));
}

/** JSON has no NaN, no infinity and no negative zero. */
function encodeDouble(value: number): Json {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? '-0'
      : String(value);
}

function decodeDouble(json: Json): number {
  return Number(json);
}

function unreadable(json: Json): Error {
  return new Error(`not a stored Firestore value: ${JSON.stringify(json)}`);
}
