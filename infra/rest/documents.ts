import {
  CloudError,
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
} from '../../shared/ports/index.ts';
import type { Google } from '../gcloud/google.ts';
import { asPort } from './errors.ts';
import { fieldsFromJson, fieldsToJson, type JsonFields, toJson } from './values.ts';

/** Most writes of one commit, as the port promises. */
const maxWrites = 500;

/** What we read of a document, as JSON. */
interface JsonDocument {
  name: string;
  fields?: JsonFields;
  updateTime: string;
}

interface Result {
  document?: JsonDocument;
  found?: JsonDocument;
  readTime?: string;
  result?: { aggregateFields?: JsonFields };
}

/**
 * {@link Documents} by Firestore's REST API, as the user that gcloud is signed in as: for commands on a person's machine. The
 * functions have the client library, which is faster. JSON has no minus zero: it comes back as zero.
 */
export function restDocuments(google: Google, project: string): Documents {
  const root = `projects/${project}/databases/(default)/documents`;
  const url = `https://firestore.googleapis.com/v1/${root}`;
  const call = (where: string, body: unknown): Promise<unknown> =>
    asPort(() => google.api('POST', where, body));
  const run = async (query: Query, tellTime?: TellTime): Promise<Document[]> => {
    const { parent, collection } = placeOf(query.collection);
    const body = { structuredQuery: structured(query, collection, root) };
    const results = (await call(`${url}${parent}:runQuery`, body)) as Result[] | undefined;
    tell(results?.find(({ readTime }) => readTime)?.readTime, tellTime);
    return (results ?? []).flatMap(({ document }) => (document ? read(document, root) : []));
  };
  return {
    get: async <T extends Data>(path: string, tellTime?: TellTime) => {
      const body = { documents: [`${root}/${path}`] };
      const [result] = ((await call(`${url}:batchGet`, body)) ?? []) as Result[];
      const readAt = tell(result?.readTime, tellTime);
      return result?.found && { ...read<T>(result.found, root), readAt };
    },
    query: async <T extends Data>(query: Query, tellTime?: TellTime) =>
      (await run(query, tellTime)) as Document<T>[],
    count: async (query, tellTime) => {
      const { parent, collection } = placeOf(query.collection);
      const structuredAggregationQuery = {
        structuredQuery: structured(query, collection, root),
        aggregations: [{ alias: 'count', count: {} }],
      };
      const [result] = (await call(`${url}${parent}:runAggregationQuery`, {
        structuredAggregationQuery,
      })) as Result[];
      tell(result?.readTime, tellTime);
      return Number(fieldsFromJson(result?.result?.aggregateFields).count ?? 0);
    },
    commit: async (writes, tellTime) => {
      if (writes.length > maxWrites) {
        throw invalid(`at most ${maxWrites} writes in a commit, not ${writes.length}`);
      }
      const body = { writes: writes.map((write) => toWrite(write, root)) };
      const { writeResults = [], commitTime = '' } = (await call(`${url}:commit`, body)) as {
        writeResults?: { updateTime?: string }[];
        commitTime?: string;
      };
      tell(commitTime, tellTime);
      return writes.map((_, at) => (writeResults[at]?.updateTime ?? commitTime) as Version);
    },
  };
}

/** The parent of a collection, as it follows `…/documents`, and its last name. */
function placeOf(path: string): { parent: string; collection: string } {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return { parent: '', collection: path };
  return { parent: `/${path.slice(0, slash)}`, collection: path.slice(slash + 1) };
}

function tell(time: string | undefined, tellTime?: TellTime): number {
  const at = Date.parse(time ?? '');
  if (Number.isNaN(at)) return 0;
  tellTime?.(at);
  return at;
}

function read<T extends Data>(
  { name, fields, updateTime }: JsonDocument,
  root: string,
): Document<T> {
  const path = name.slice(root.length + 1);
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    data: fieldsFromJson(fields) as T,
    version: updateTime as Version,
  };
}

function toWrite(write: Write, root: string): unknown {
  const name = `${root}/${write.path}`;
  switch (write.op) {
    case 'create':
      return { ...contents(name, write.data), currentDocument: { exists: false } };
    case 'set':
      return contents(name, write.data);
    case 'update': {
      const names = Object.keys(write.fields);
      if (names.length === 0) throw invalid(`an update of no field: ${write.path}`);
      const fieldPaths = names.filter((field) => write.fields[field] !== SERVER_TIME).map(quoted);
      return {
        ...contents(name, write.fields),
        updateMask: { fieldPaths },
        currentDocument: precondition(write.version) ?? { exists: true },
      };
    }
    case 'delete': {
      const currentDocument = precondition(write.version);
      return { delete: name, ...(currentDocument && { currentDocument }) };
    }
  }
}

/** Times of the server are transforms; a field that is removed is in the mask alone. */
function contents(
  name: string,
  data: { readonly [field: string]: Value | typeof SERVER_TIME | typeof REMOVE },
) {
  const plain: Data = {};
  const updateTransforms: { fieldPath: string; setToServerValue: 'REQUEST_TIME' }[] = [];
  for (const [field, value] of Object.entries(data)) {
    if (value === SERVER_TIME) {
      updateTransforms.push({ fieldPath: quoted(field), setToServerValue: 'REQUEST_TIME' });
    } else if (value !== REMOVE) plain[field] = value;
  }
  return {
    update: { name, fields: fieldsToJson(plain) },
    ...(updateTransforms.length > 0 && { updateTransforms }),
  };
}

function precondition(version: Version | undefined): { updateTime: string } | undefined {
  return version === undefined ? undefined : { updateTime: version };
}

/** One field's name as a path (Firestore REST reference, "FieldReference"). */
function quoted(field: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(field)) return field;
  return `\`${field.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

const operators: { readonly [is in Comparison]: string } = {
  '==': 'EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_THAN_OR_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_THAN_OR_EQUAL',
  in: 'IN',
  'array-contains': 'ARRAY_CONTAINS',
};

function structured(query: Query, collectionId: string, root: string): unknown {
  const filters = (query.where ?? []).map(([field, is, value]) => filterOf(field, is, value));
  const where =
    filters.length > 1 ? { compositeFilter: { op: 'AND', filters } } : (filters[0] ?? undefined);
  const orderBy = (query.orderBy ?? []).map(([field, direction]) => ({
    field: { fieldPath: quoted(field) },
    direction: direction === 'asc' ? 'ASCENDING' : 'DESCENDING',
  }));
  const { startAfter } = query;
  if (startAfter && startAfter.length > orderBy.length) throw invalid(`${root}: too many values`);
  return {
    from: [{ collectionId }],
    ...(where && { where }),
    ...(orderBy.length > 0 && { orderBy }),
    ...(startAfter && { startAt: { values: startAfter.map(toJson), before: false } }),
    limit: query.limit,
  };
}

function filterOf(fieldName: string, is: Comparison, value: Value): unknown {
  const field = { fieldPath: quoted(fieldName) };
  if (is === '==' && value === null) return { unaryFilter: { field, op: 'IS_NULL' } };
  if (is === '==' && Number.isNaN(value)) return { unaryFilter: { field, op: 'IS_NAN' } };
  return { fieldFilter: { field, op: operators[is], value: toJson(value) } };
}

function invalid(message: string): CloudError {
  return new CloudError('invalid_argument', `Firestore: ${message}`);
}
