import { EngineError, type Json } from '../../engine.ts';
import { type StoredEntry, severities } from '../entry.ts';
import { severityTest, type Test, timeTest, valueTest } from './compare.ts';
import type { Literal, Operator } from './parse.ts';

/** A field of an entry that a filter may name. */
export interface Field {
  /** Its value as it is compared: defaulted when it is a field of every entry. */
  value(entry: StoredEntry): Json | undefined;
  /** Whether the entry itself has it, which is what `:*` asks. */
  present(entry: StoredEntry): boolean;
  test(op: Operator, literal: Literal): Test;
}

/** Fields of Google's LogEntry that the local cloud never fills. */
const unfilled: ReadonlySet<string> = new Set([
  'httpRequest',
  'metadata',
  'operation',
  'sourceLocation',
  'spanId',
  'split',
]);

const scalars: { readonly [name: string]: Field } = {
  insertId: text((entry) => entry.insertId),
  logName: text((entry) => entry.logName),
  trace: text((entry) => entry.trace),
  textPayload: text(({ payload }) => ('text' in payload ? payload.text : undefined)),
  timestamp: {
    value: (entry) => entry.timestamp,
    present: () => true,
    test: timeTest,
  },
  receiveTimestamp: {
    value: (entry) => entry.receivedAt + entry.receivedNanos / 1e6,
    present: () => true,
    test: timeTest,
  },
  severity: {
    value: (entry) => severities[entry.severity],
    present: (entry) => entry.severity !== 'DEFAULT',
    test: severityTest,
  },
};

/** The field that `path` names; throws when LogEntry has none of that name. */
export function field(path: readonly string[]): Field {
  const [root = '', ...rest] = path;
  const [next, ...deeper] = rest;
  const scalar = scalars[root];
  if (scalar && next === undefined) return scalar;
  if (root === 'resource' && next === 'type' && deeper.length === 0)
    return text((entry) => entry.resource.type);
  if (root === 'resource' && next === 'labels')
    return nested(deeper, (entry) => entry.resource.labels);
  if (root === 'labels') return nested(rest, (entry) => entry.labels);
  if (root === 'jsonPayload')
    return nested(rest, ({ payload }) => ('json' in payload ? payload.json : undefined));
  if (root === 'protoPayload')
    return nested(rest, ({ payload }) => ('proto' in payload ? payload.proto : undefined));
  if (unfilled.has(root))
    throw new EngineError('UNIMPLEMENTED', `the local Cloud Logging fills no field ${root}`);
  throw new EngineError(
    'INVALID_ARGUMENT',
    `Unparseable filter: LogEntry has no field '${path.join('.')}'`,
  );
}

function text(get: (entry: StoredEntry) => string | undefined): Field {
  return {
    value: (entry) => get(entry) ?? '',
    present: (entry) => get(entry) !== undefined,
    test: valueTest,
  };
}

function nested(path: readonly string[], root: (entry: StoredEntry) => Json | undefined): Field {
  const value = (entry: StoredEntry): Json | undefined => descend(root(entry), path);
  return { value, present: (entry) => value(entry) !== undefined, test: valueTest };
}

/** A list on the way stands for the values of all its members. */
function descend(value: Json | undefined, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined || value === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.map((member) => descend(member, path)).filter((each) => each !== undefined);
    return found.length > 0 ? found.flat() : undefined;
  }
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? descend(value[key], rest) : undefined;
}
