import {
  type Comparison,
  type Data,
  type Document,
  type Documents,
  type Query,
  REMOVE,
  SERVER_TIME,
  type TellTime,
  type Value,
  type Version,
  type Write,
} from '../../../shared/ports/documents.ts';
import { CloudError } from '../../../shared/ports/errors.ts';
import { type FieldPath, fieldPathOf } from '../engines/firestore/field-path.ts';
import type * as engine from '../engines/firestore/index.ts';
import { asCloudError } from './errors.ts';
import { dataOf, fromPort } from './values.ts';

/** Most writes of one commit, as the port promises. */
const maxWrites = 500;

/** The documents port straight on an engine: no gRPC, no client. */
export function inProcessDocuments(firestore: engine.FirestoreEngine): Documents {
  return {
    get: async <T extends Data>(path: string, tellTime?: TellTime) =>
      attempt(() => {
        const { result, readTime } = firestore.get([path]);
        const [found] = result;
        const readAt = toMillis(readTime);
        tellTime?.(readAt);
        return found && { ...toDocument<T>(found), readAt };
      }),
    query: async <T extends Data>(query: Query, tellTime?: TellTime) =>
      attempt(() => {
        const { result, readTime } = firestore.query(toQuery(query));
        tellTime?.(toMillis(readTime));
        return result.map(toDocument<T>);
      }),
    count: async (query, tellTime) =>
      attempt(() => {
        const counted = firestore.aggregate(toQuery(query), [{ alias: 'count', kind: 'count' }]);
        tellTime?.(toMillis(counted.readTime));
        return Number(counted.result.get('count') ?? 0);
      }),
    commit: async (writes, tellTime) =>
      attempt(() => {
        if (writes.length > maxWrites) {
          throw new CloudError(
            'invalid_argument',
            `at most ${maxWrites} writes in a commit, not ${writes.length}`,
          );
        }
        const { commitTime, results } = firestore.commit(writes.map(toWrite));
        tellTime?.(toMillis(commitTime));
        return results.map(({ updateTime }) => toVersion(updateTime ?? commitTime));
      }),
  };
}

/** Names of fields are few: most are the domain's own. */
const paths = new Map<string, FieldPath>();
const mostPaths = 1_000;

function pathOf(name: string): FieldPath {
  const known = paths.get(name);
  if (known) return known;
  const path = fieldPathOf([name]);
  if (paths.size < mostPaths) paths.set(name, path);
  return path;
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asCloudError(error);
  }
}

function toDocument<T extends Data>(document: engine.Document): Document<T> {
  const { path, updateTime } = document;
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    data: dataOf(document) as T,
    version: toVersion(updateTime),
  };
}

const toMillis = (micros: number): number => Math.floor(micros / 1000);

/** Microseconds of the update time. */
const toVersion = (updateTime: number): Version => String(updateTime) as Version;

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
          .map(pathOf),
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
    if (value === SERVER_TIME) transforms.push({ kind: 'request-time', field: pathOf(name) });
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
      field: pathOf(field),
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
        field: pathOf(field),
        direction,
      })),
    }),
    ...(query.startAfter && {
      startAt: { values: query.startAfter.map(fromPort), before: false },
    }),
  };
}
