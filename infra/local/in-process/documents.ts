import {
  type Comparison,
  type Data,
  type Document,
  type Documents,
  type Query,
  REMOVE,
  SERVER_TIME,
  type Value,
  type Version,
  type Write,
} from '../../../shared/ports/documents.ts';
import { CloudError } from '../../../shared/ports/errors.ts';
import { fieldPathOf } from '../engines/firestore/field-path.ts';
import type * as engine from '../engines/firestore/index.ts';
import { timestamp } from '../engines/firestore/values.ts';
import { asCloudError } from './errors.ts';

/** Most writes of one commit, as the port promises. */
const maxWrites = 500;

/** The documents port straight on an engine: no gRPC, no client. */
export function inProcessDocuments(firestore: engine.FirestoreEngine): Documents {
  return {
    get: async <T extends Data>(path: string) =>
      attempt(() => {
        const { result, readTime } = firestore.get([path]);
        const [found] = result;
        return found && { ...toDocument<T>(found), readAt: Math.floor(readTime / 1000) };
      }),
    query: async <T extends Data>(query: Query) =>
      attempt(() => firestore.query(toQuery(query)).result.map(toDocument<T>)),
    count: async (query) =>
      attempt(() => {
        const counted = firestore.aggregate(toQuery(query), [{ alias: 'count', kind: 'count' }]);
        return Number(counted.result.get('count') ?? 0);
      }),
    commit: async (writes) =>
      attempt(() => {
        if (writes.length > maxWrites) {
          throw new CloudError(
            'invalid_argument',
            `at most ${maxWrites} writes in a commit, not ${writes.length}`,
          );
        }
        const { commitTime, results } = firestore.commit(writes.map(toWrite));
        return results.map(({ updateTime }) => toVersion(updateTime ?? commitTime));
      }),
  };
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asCloudError(error);
  }
}

function toDocument<T extends Data>({ path, fields, updateTime }: engine.Document): Document<T> {
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    data: toData(fields) as T,
    version: toVersion(updateTime),
  };
}

/** Microseconds of the update time. */
const toVersion = (updateTime: number): Version => String(updateTime) as Version;

function toData(fields: engine.Fields): Data {
  const data: Data = {};
  for (const [name, value] of fields) data[name] = toPort(value);
  return data;
}

function toPort(value: engine.Value): Value {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'bigint' ? Number(value) : value;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Map) return toData(value);
  if (!('kind' in value)) return [...value].map(toPort);
  if (value.kind === 'timestamp') return new Date(Number(floorDivide(value.micros, 1000n)));
  throw new Error(`the documents port has no ${value.kind} values`);
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

function fromPort(value: Value): engine.Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
  if (value instanceof Date) return timestamp(BigInt(value.getTime()) * 1000n);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(fromPort);
  return new Map(Object.entries(value).map(([name, inner]) => [name, fromPort(inner)]));
}

function toWrite(write: Write): engine.Write {
  switch (write.op) {
    case 'create':
      return { ...replacement(write.path, write.data), precondition: { exists: false } };
    case 'set':
      return replacement(write.path, write.data);
    case 'update':
      if (Object.keys(write.fields).length === 0) {
        throw new CloudError('invalid_argument', `an update of no field: ${write.path}`);
      }
      return {
        ...replacement(write.path, write.fields),
        mask: Object.keys(write.fields)
          .filter((name) => write.fields[name] !== SERVER_TIME)
          .map((name) => fieldPathOf([name])),
        precondition: precondition(write.version) ?? { exists: true },
      };
    case 'delete': {
      const required = precondition(write.version);
      return { kind: 'delete', path: write.path, ...(required && { precondition: required }) };
    }
  }
}

function precondition(version: Version | undefined): engine.Precondition | undefined {
  return version === undefined ? undefined : { updateTime: Number(version) };
}

/** Server times are transforms, removed fields are in the mask but not among the fields. */
function replacement(
  path: string,
  data: { [field: string]: Value | typeof SERVER_TIME | typeof REMOVE },
): Extract<engine.Write, { kind: 'update' }> {
  const fields = new Map<string, engine.Value>();
  const transforms: engine.Transform[] = [];
  for (const [name, value] of Object.entries(data)) {
    if (value === SERVER_TIME)
      transforms.push({ kind: 'request-time', field: fieldPathOf([name]) });
    else if (value !== REMOVE) fields.set(name, fromPort(value));
  }
  return { kind: 'update', path, fields, transforms };
}

const operators: { [is in Comparison]: engine.Operator } = {
  '==': '==',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  in: 'in',
  'array-contains': 'array-contains',
};

function toQuery(query: Query): engine.Query {
  const slash = query.collection.lastIndexOf('/');
  const filters = (query.where ?? []).map(
    ([field, is, value]): engine.FieldFilter => ({
      kind: 'field',
      field: fieldPathOf([field]),
      operator: operators[is],
      value: fromPort(value),
    }),
  );
  return {
    parent: slash < 0 ? '' : query.collection.slice(0, slash),
    collection: query.collection.slice(slash + 1),
    allDescendants: false,
    limit: query.limit,
    ...(filters.length > 0 && { where: { kind: 'and', filters } }),
    ...(query.orderBy && {
      orderBy: query.orderBy.map(([field, direction]) => ({
        field: fieldPathOf([field]),
        direction,
      })),
    }),
    ...(query.startAfter && {
      startAt: { values: query.startAfter.map(fromPort), before: false },
    }),
  };
}
