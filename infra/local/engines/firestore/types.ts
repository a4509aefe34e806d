import type { FieldPath } from './field-path.ts';
import type { Fields, Value } from './values.ts';

/** Microseconds since the epoch, as commit times are. */
export type Micros = number;

/** A document that exists. Never changed: a write makes a new one. */
export interface Document {
  /** Relative to the database root, such as `runs/a`. */
  readonly path: string;
  readonly fields: Fields;
  readonly createTime: Micros;
  readonly updateTime: Micros;
}

export type Precondition = { exists: boolean } | { updateTime: Micros };

/** What a field becomes, worked out when the write is applied. */
export type Transform = { field: FieldPath } & (
  | { kind: 'request-time' }
  | { kind: 'increment' | 'maximum' | 'minimum'; by: bigint | number }
  | { kind: 'append-missing' | 'remove-all'; elements: readonly Value[] }
);

/** One write of a commit. */
export type Write = { path: string; precondition?: Precondition } & (
  | {
      kind: 'update';
      fields: Fields;
      /** Only these fields are replaced, or removed where `fields` lacks them. Default: the whole document. */
      mask?: readonly FieldPath[];
      transforms?: readonly Transform[];
    }
  | { kind: 'delete' }
);

export interface WriteResult {
  /** Absent after a delete. Unchanged when the write changed nothing. */
  updateTime?: Micros;
  /** One a transform: what the field became, or null for the array transforms. */
  transformResults: Value[];
}

export interface CommitResult {
  commitTime: Micros;
  results: WriteResult[];
}

export type Operator =
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | 'in'
  | 'not-in'
  | 'array-contains'
  | 'array-contains-any';

export interface FieldFilter {
  kind: 'field';
  field: FieldPath;
  operator: Operator;
  /** `== null`, `== NaN`, `!= null` and `!= NaN` are what the wire calls unary filters. */
  value: Value;
}

export type Filter = FieldFilter | { kind: 'and' | 'or'; filters: readonly Filter[] };

export interface Order {
  field: FieldPath;
  direction: 'asc' | 'desc';
}

export interface Cursor {
  /** One an order, or fewer. */
  values: readonly Value[];
  /** Just before these values, else just after. */
  before: boolean;
}

export interface Query {
  /** Path of the document under which the collection lies; `''` is the root. */
  parent: string;
  /** Every collection when undefined; then `allDescendants` must be set. */
  collection?: string;
  /** The collections of that id at any depth below `parent`. */
  allDescendants: boolean;
  where?: Filter;
  orderBy?: readonly Order[];
  startAt?: Cursor;
  endAt?: Cursor;
  offset?: number;
  limit?: number;
  /** Only these fields are answered with; `__name__` alone means none. */
  select?: readonly FieldPath[];
}

export interface Aggregation {
  alias: string;
  kind: 'count' | 'sum' | 'avg';
  /** Of `sum` and `avg`. */
  field?: FieldPath;
  /** Of `count`: count no further. */
  upTo?: number;
}
