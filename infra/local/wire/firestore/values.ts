import {
  type Fields,
  isArray,
  isMap,
  reference,
  timestamp,
  type Value,
} from '../../engines/firestore/values.ts';
import type { Message } from '../server.ts';
import { bytes, invalid, list, message, text } from './message.ts';

/** google.firestore.v1.Value to the engine's value. */
export function fromValue(value: unknown): Value {
  const of = message(value);
  switch (of.valueType) {
    case 'nullValue':
      return null;
    case 'booleanValue':
      return of.booleanValue === true;
    case 'integerValue':
      return BigInt(text(of.integerValue));
    case 'doubleValue':
      return Number(of.doubleValue);
    case 'timestampValue':
      return timestamp(fromTimestamp(of.timestampValue));
    case 'stringValue':
      return text(of.stringValue);
    case 'bytesValue':
      return new Uint8Array(bytes(of.bytesValue));
    case 'referenceValue':
      return reference(text(of.referenceValue));
    case 'geoPointValue':
      return fromGeoPoint(message(of.geoPointValue));
    case 'arrayValue':
      return fromArray(of.arrayValue);
    case 'mapValue':
      return fromFields(message(of.mapValue).fields);
    default:
      throw invalid('Value must have a type that documents can hold.');
  }
}

export function fromArray(array: unknown): Value[] {
  return list(message(array).values).map(fromValue);
}

export function fromFields(fields: unknown): Fields {
  return new Map(Object.entries(message(fields)).map(([name, value]) => [name, fromValue(value)]));
}

function fromGeoPoint({ latitude, longitude }: Message): Value {
  const point = { kind: 'geo', latitude: Number(latitude), longitude: Number(longitude) } as const;
  if (!(Math.abs(point.latitude) <= 90)) throw invalid('latitude must be between -90 and 90');
  if (!(Math.abs(point.longitude) <= 180)) throw invalid('longitude must be between -180 and 180');
  return point;
}

/** google.protobuf.Timestamp to microseconds, rounded down. */
export function fromTimestamp(value: unknown): bigint {
  const { seconds, nanos } = message(value);
  return BigInt(text(seconds) || '0') * 1_000_000n + BigInt(Math.floor(Number(nanos ?? 0) / 1000));
}

export function toTimestamp(micros: bigint | number): Message {
  const all = BigInt(micros);
  const within = ((all % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return { seconds: ((all - within) / 1_000_000n).toString(), nanos: Number(within) * 1000 };
}

/** The engine's value to google.firestore.v1.Value. */
export function toValue(value: Value): Message {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  switch (typeof value) {
    case 'boolean':
      return { booleanValue: value };
    case 'bigint':
      return { integerValue: value.toString() };
    case 'number':
      return { doubleValue: value };
    case 'string':
      return { stringValue: value };
    default:
      return toObject(value);
  }
}

function toObject(value: Exclude<Value, null | boolean | bigint | number | string>): Message {
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value) };
  if (isMap(value)) return { mapValue: { fields: toFields(value) } };
  if (isArray(value)) return { arrayValue: { values: value.map(toValue) } };
  if (value.kind === 'timestamp') return { timestampValue: toTimestamp(value.micros) };
  if (value.kind === 'reference') return { referenceValue: value.name };
  return { geoPointValue: { latitude: value.latitude, longitude: value.longitude } };
}

export function toFields(fields: Fields): Message {
  return Object.fromEntries([...fields].map(([name, value]) => [name, toValue(value)]));
}
