import { type DocumentData, type Firestore, GeoPoint, Timestamp } from '@google-cloud/firestore';
import fc from 'fast-check';

/** A field's value, described without a client. */
export type Described =
  | { kind: 'plain'; value: null | boolean | number | string }
  | { kind: 'time'; seconds: number; nanos: number }
  | { kind: 'bytes'; bytes: readonly number[] }
  | { kind: 'place'; latitude: number; longitude: number }
  | { kind: 'reference'; path: string }
  | { kind: 'list'; items: readonly Described[] }
  | { kind: 'map'; fields: { readonly [name: string]: Described } };

/** Field names; few, so that writes and queries meet. */
export const fieldNames = ['a', 'b', 'c', 'x-y'] as const;

export const number = fc.oneof(
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(
    0.5,
    1.5,
    -0,
    1e300,
    Number.MAX_SAFE_INTEGER,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
);

const scalar: fc.Arbitrary<Described> = fc.oneof(
  { weight: 4, arbitrary: number.map((value): Described => ({ kind: 'plain', value })) },
  fc
    .constantFrom(null, true, false, '', 'a', 'B', 'b', 'é', '\uffee', '🚀')
    .map((value): Described => ({ kind: 'plain', value })),
  fc.record({
    kind: fc.constant('time'),
    seconds: fc.integer({ min: -1, max: 2 }),
    nanos: fc.constantFrom(0, 1_000, 999_999_000),
  }),
  fc.record({
    kind: fc.constant('bytes'),
    bytes: fc.array(fc.constantFrom(0, 1, 255), { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('place'),
    latitude: fc.constantFrom(-1, 0, 1),
    longitude: fc.constantFrom(0, 2),
  }),
  fc.record({
    kind: fc.constant('reference'),
    path: fc.constantFrom('c/d1', 'c/d2', 'c/d1/s/e1', 'z/z'),
  }),
);

const map = (inner: fc.Arbitrary<Described>): fc.Arbitrary<Described> =>
  fc
    .dictionary(fc.constantFrom(...fieldNames), inner, { maxKeys: 2, noNullPrototype: true })
    .map((fields) => ({ kind: 'map', fields }));

const list = (inner: fc.Arbitrary<Described>): fc.Arbitrary<Described> =>
  fc.array(inner, { maxLength: 3 }).map((items) => ({ kind: 'list', items }));

/** Any value; an array never holds an array. */
export const value: fc.Arbitrary<Described> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 2, arbitrary: list(fc.oneof(scalar, map(scalar))) },
  { weight: 2, arbitrary: map(fc.oneof(scalar, list(scalar), map(scalar))) },
);

export const fields = fc.dictionary(fc.constantFrom(...fieldNames), value, {
  maxKeys: fieldNames.length,
  noNullPrototype: true,
});

/** The value as the client takes it. */
export function build(firestore: Firestore, described: Described): unknown {
  switch (described.kind) {
    case 'plain':
      return described.value;
    case 'time':
      return new Timestamp(described.seconds, described.nanos);
    case 'bytes':
      return Buffer.from(described.bytes);
    case 'place':
      return new GeoPoint(described.latitude, described.longitude);
    case 'reference':
      return firestore.doc(described.path);
    case 'list':
      return described.items.map((item) => build(firestore, item));
    case 'map':
      return buildFields(firestore, described.fields);
  }
}

export function buildFields(
  firestore: Firestore,
  described: { readonly [name: string]: Described },
): DocumentData {
  return Object.fromEntries(
    Object.entries(described).map(([name, inner]) => [name, build(firestore, inner)]),
  );
}

/** Later than every generated time: what a server wrote by its own clock. */
const serverTimes = Date.UTC(2020, 0) / 1000;

/** A value as the client gave it, so that two of them can be compared and printed. */
export function plain(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Timestamp) {
    return value.seconds < serverTimes
      ? { time: `${value.seconds}.${value.nanoseconds}` }
      : { serverTime: value.nanoseconds % 1_000_000 === 0 ? 'whole ms' : 'finer' };
  }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (value instanceof GeoPoint) return { place: [value.latitude, value.longitude] };
  if (Array.isArray(value)) return value.map(plain);
  if ('path' in value && 'firestore' in value) return { reference: value.path };
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, plain(inner)]),
  );
}
