import { EngineError, memoryStore, type Store } from '../engine.ts';
import { fieldPath } from './field-path.ts';
import {
  createFirestoreEngine,
  type FieldFilter,
  type Fields,
  type Filter,
  type FirestoreEngine,
  type IndexFile,
  type Operator,
  type Query,
  type Value,
  type Write,
} from './index.ts';

/** For tests: an engine whose clock stands still until it is moved. */
export interface Fixture {
  engine: FirestoreEngine;
  /** Milliseconds since the epoch; may be set. */
  clock: { now: number };
  store: Store;
}

export function fixture(indexes?: IndexFile, store: Store = memoryStore()): Fixture {
  const clock = { now: Date.UTC(2030, 0, 1) };
  const context = { now: () => clock.now, random: () => 0.5, store };
  const engine = createFirestoreEngine(context, { project: 'p', ...(indexes && { indexes }) });
  return { engine, clock, store };
}

type Plain = { [name: string]: Value };

export const fields = (plain: Plain): Fields => new Map(Object.entries(plain));

export const set = (path: string, plain: Plain): Write => ({
  kind: 'update',
  path,
  fields: fields(plain),
});

export const create = (path: string, plain: Plain = {}): Write => ({
  ...set(path, plain),
  precondition: { exists: false },
});

/** Replaces the named fields of a document that exists. */
export const update = (path: string, plain: Plain): Write => ({
  kind: 'update',
  path,
  fields: fields(plain),
  mask: Object.keys(plain).map(fieldPath),
  precondition: { exists: true },
});

export const where = (field: string, operator: Operator, value: Value): FieldFilter => ({
  kind: 'field',
  field: fieldPath(field),
  operator,
  value,
});

/** A query of the collection `things`. */
export function things(filters: readonly Filter[] = [], order: readonly string[] = []): Query {
  return {
    parent: '',
    collection: 'things',
    allDescendants: false,
    ...(filters.length > 0 && { where: { kind: 'and', filters } }),
    orderBy: order.map((spelled) => {
      const [name = '', direction] = spelled.split(' ');
      return { field: fieldPath(name), direction: direction === 'desc' ? 'desc' : 'asc' };
    }),
  };
}

/** Ids of the documents that a query answers with. */
export function ids(engine: FirestoreEngine, query: Query): string[] {
  return engine.query(query).result.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}

/** Code and message of what `call` is refused with. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof EngineError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}
