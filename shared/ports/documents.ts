/** The commit time that Firestore itself writes: the only clock that orders admissions. */
export const SERVER_TIME: unique symbol = Symbol('server time');

/** As a field of an update: remove the field. */
export const REMOVE: unique symbol = Symbol('remove');

/** A value of a field. Times are stored as Firestore timestamps and read back to the millisecond. */
export type Value = null | boolean | number | string | Date | Uint8Array | Value[] | Data;

/** The fields of a document, as they are read. */
export type Data = { [field: string]: Value };

/** The fields of a document, as they are written: top-level fields may be {@link SERVER_TIME}. */
export type NewData = { [field: string]: Value | typeof SERVER_TIME };

/** Which state of a document was read or written. Opaque: compare for equality only. */
export type Version = string & { readonly version: unique symbol };

/** A document that exists. */
export interface Document<T extends Data = Data> {
  /** `collection/id` or deeper, relative to the database root. */
  path: string;
  /** Last segment of the path. */
  id: string;
  data: T;
  version: Version;
}

/** A document that was read by its path. */
export interface Found<T extends Data = Data> extends Document<T> {
  /**
   * When it was read by Firestore's clock, in ms since the epoch: at or after every commit that it shows. Unlike the clocks of
   * instances this is one clock.
   */
  readAt: number;
}

export type Comparison = '==' | '<' | '<=' | '>' | '>=' | 'in' | 'array-contains';

/** One collection, filtered and ordered. Needs its composite index in `firestore.indexes.json`. */
export interface Query {
  /** Path of the collection, such as `runs` or `runs/<id>/events`. */
  collection: string;
  where?: readonly (readonly [field: string, is: Comparison, value: Value])[];
  /** Ties are ordered by document id, in the direction of the last field. */
  orderBy?: readonly (readonly [field: string, direction: 'asc' | 'desc'])[];
  /** Continue after the document whose `orderBy` fields have these values, one a field. */
  startAfter?: readonly Value[];
  /** Largest number of documents to answer with. */
  limit: number;
}

/**
 * One write of a commit.
 *
 * - `create` refuses when the document exists (`already_exists`).
 * - `set` replaces whatever is there, or creates.
 * - `update` replaces the named top-level fields and leaves the others; refuses when the document is missing
 *   (`not_found`) or, with `version`, when it has changed (`failed_precondition`).
 * - `delete` without `version` succeeds on a missing document.
 */
export type Write =
  | { op: 'create' | 'set'; path: string; data: NewData }
  | {
      op: 'update';
      path: string;
      fields: { [field: string]: Value | typeof SERVER_TIME | typeof REMOVE };
      version?: Version;
    }
  | { op: 'delete'; path: string; version?: Version };

/**
 * Is told, once and before its caller, when a call was answered by Firestore's clock, in ms since the epoch: when what it read
 * was read, also where that is nothing, or when it was committed. Of a call that fails it hears nothing.
 */
export type TellTime = (at: number) => void;

/**
 * Firestore, as small as the domain needs it (D2, D12): read, decide with a pure function, commit with
 * preconditions. There are no transactions on purpose: a lost race is a {@link CloudError} with
 * `already_exists`, `not_found`, `failed_precondition` or `aborted`, after which the caller reads again.
 */
export interface Documents {
  /** The document at `path`, or undefined. One round trip. */
  get<T extends Data = Data>(path: string, tellTime?: TellTime): Promise<Found<T> | undefined>;
  /** The documents that match, in order. One round trip. */
  query<T extends Data = Data>(query: Query, tellTime?: TellTime): Promise<Document<T>[]>;
  /**
   * How many documents {@link Documents.query} would answer with. One round trip, billed as one read for each 1,000
   * (Firestore pricing page).
   */
  count(query: Query, tellTime?: TellTime): Promise<number>;
  /**
   * All of the writes, or none. At most 500 writes and 10 MiB (Firestore quotas page). One round trip.
   * Answers with the new version of each written document, in the order of `writes`.
   */
  commit(writes: readonly Write[], tellTime?: TellTime): Promise<Version[]>;
}
