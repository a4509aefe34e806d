/**
 * A value of a field. The type of the value is the type in JavaScript: `bigint` is Firestore's 64-bit integer,
 * `number` its double.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Timestamp
  | Reference
  | GeoPoint
  | readonly Value[]
  | Fields;

/** The fields of a document, or of a map within it. Never changed once stored. */
export type Fields = ReadonlyMap<string, Value>;

/** A time to the microsecond, as Firestore keeps it; finer ones are rounded down. */
export interface Timestamp {
  readonly kind: 'timestamp';
  /** Microseconds since the epoch; negative before it. */
  readonly micros: bigint;
}

/** The full resource name of a document, existing or not. */
export interface Reference {
  readonly kind: 'reference';
  readonly name: string;
}

export interface GeoPoint {
  readonly kind: 'geo';
  readonly latitude: number;
  readonly longitude: number;
}

export const timestamp = (micros: bigint): Timestamp => ({ kind: 'timestamp', micros });
export const reference = (name: string): Reference => ({ kind: 'reference', name });

/** Whether `value` is a map, and not one of the other objects. */
export function isMap(value: Value | undefined): value is Fields {
  return value instanceof Map;
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Where a value's type stands in Firestore's order of types; `undefined` is no value. */
export function rank(value: Value): number {
  if (value === null) return 0;
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'bigint':
    case 'number':
      return 2;
    case 'string':
      return 4;
    default:
      return objectRank(value);
  }
}

function objectRank(value: Exclude<Value, null | boolean | bigint | number | string>): number {
  if (value instanceof Uint8Array) return 5;
  if (value instanceof Map) return 9;
  if (!('kind' in value)) return 8;
  if (value.kind === 'timestamp') return 3;
  return value.kind === 'reference' ? 6 : 7;
}
