/**
 * What every engine of the local cloud is built on. An engine is a synchronous state machine: it knows neither gRPC nor
 * HTTP nor timers, so the same engine serves the wire (`../wire/`), the in-process ports (`../in-process/`) and a simulation.
 */
export interface EngineContext {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Where the engine keeps what must survive a restart. */
  store: Store;
}

/** JSON that a store keeps. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A flat map that survives a restart: one table an engine and kind. */
export interface Store {
  /** Everything in a table, in the order of first insertion. */
  entries(table: string): [key: string, value: Json][];
  /** A function is asked for the value when that is needed, now or later, so it must always answer the same. */
  put(table: string, key: string, value: Json | (() => Json)): void;
  delete(table: string, key: string): void;
}

/** gRPC's codes, by number as they travel (google/rpc/code.proto). */
export const codes = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

export type Code = keyof typeof codes;

/** What an engine refuses with; the wire sends it as a gRPC status, the in-process ports as a CloudError. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }
}

/**
 * An engine with something to do later. The driver asks `nextDue` after every call, and calls `take` when that time
 * has come; what it takes, it does (an HTTP request, a process), and reports back with the engine's own verbs.
 */
export interface Timed<Action> {
  /** When there will be something to take, in ms since the epoch; undefined: not before another call. */
  nextDue(): number | undefined;
  /** What is to be done now. Taken actions are in flight until reported. */
  take(): Action[];
}

/** A store that forgets with the process. */
export function memoryStore(): Store {
  const tables = new Map<string, Map<string, Json | (() => Json)>>();
  const table = (name: string): Map<string, Json | (() => Json)> => {
    let found = tables.get(name);
    if (!found) {
      found = new Map();
      tables.set(name, found);
    }
    return found;
  };
  return {
    entries: (name) => [...table(name)].map(([key, value]) => [key, storedValue(value)]),
    put: (name, key, value) => void table(name).set(key, value),
    delete: (name, key) => void table(name).delete(key),
  };
}

/** What is to be kept. */
export function storedValue(value: Json | (() => Json)): Json {
  return typeof value === 'function' ? value() : value;
}
