import { randomBytes } from 'node:crypto';
import { EngineError } from '../../engines/engine.ts';
import { fieldPath, masked } from '../../engines/firestore/field-path.ts';
import type { Document, FirestoreEngine, Order, Write } from '../../engines/firestore/index.ts';
import { comparePaths } from '../../engines/firestore/order.ts';
import type { Message } from '../server.ts';
import { list, message, text } from './message.ts';
import type { Names } from './names.ts';
import { toFields, toTimestamp } from './values.ts';
import { fromMask, fromPrecondition, fromWrite, transactionOf } from './writes.ts';

/** The engine's document to google.firestore.v1.Document, with the fields that `mask` leaves. */
export function toDocument(document: Document, names: Names, mask?: ReturnType<typeof fromMask>) {
  return {
    name: names.name(document.path),
    fields: toFields(mask ? masked(document.fields, mask) : document.fields),
    createTime: toTimestamp(document.createTime),
    updateTime: toTimestamp(document.updateTime),
  };
}

/** The methods that read or write one document, or list them. */
export function documentMethods(engine: FirestoreEngine, names: Names) {
  const read = (path: string, mask: unknown, transaction?: string): Message => {
    const [found] = engine.get([path], transaction).result;
    if (!found) throw new EngineError('NOT_FOUND', `Document "${names.name(path)}" not found.`);
    return toDocument(found, names, fromMask(mask));
  };
  const write = (write: Write, mask: unknown): Message => {
    engine.commit([write]);
    return read(write.path, mask);
  };
  return {
    GetDocument: ({ name, mask, transaction }: Message): Message =>
      read(names.path(name), mask, transactionOf(transaction)),

    CreateDocument: ({ parent, collectionId, documentId, document, mask }: Message): Message => {
      const id = text(documentId) || randomBytes(10).toString('hex');
      const name = `${text(parent)}/${text(collectionId)}/${id}`;
      const created = fromWrite(
        { operation: 'update', update: { ...message(document), name } },
        names,
      );
      return write({ ...created, precondition: { exists: false } }, mask);
    },

    UpdateDocument: ({ document, updateMask, currentDocument, mask }: Message): Message =>
      write(
        fromWrite({ operation: 'update', update: document, updateMask, currentDocument }, names),
        mask,
      ),

    DeleteDocument: ({ name, currentDocument }: Message): Message => {
      const precondition = fromPrecondition(currentDocument);
      engine.commit([
        { kind: 'delete', path: names.path(name), ...(precondition && { precondition }) },
      ]);
      return {};
    },

    ListDocuments: (request: Message): Message => listDocuments(engine, names, request),

    ListCollectionIds: ({ parent }: Message): Message => ({
      collectionIds: engine.collectionIds(names.parent(parent)),
      nextPageToken: '',
    }),
  };
}

/** Documents of one page when the request names no size. */
const defaultPageSize = 300;

/** A page token is the path of the last document before the page. */
function listDocuments(engine: FirestoreEngine, names: Names, request: Message): Message {
  const parent = names.parent(request.parent);
  const collection = text(request.collectionId);
  const orderBy = fromOrderBy(text(request.orderBy));
  const { result } = engine.query(
    { parent, collection, allDescendants: false, orderBy },
    transactionOf(request.transaction),
  );
  const mask = fromMask(request.mask);
  const listed = result.map((found) => ({
    path: found.path,
    message: toDocument(found, names, mask),
  }));
  if (request.showMissing === true) {
    const missing = engine.missing(parent === '' ? collection : `${parent}/${collection}`);
    const empty = { fields: {}, createTime: null, updateTime: null };
    const rest = missing.map((path) => ({ path, message: { ...empty, name: names.name(path) } }));
    return page(
      [...listed, ...rest].sort((a, b) => comparePaths(a.path, b.path)),
      request,
    );
  }
  return page(listed, request);
}

function page(
  all: readonly { path: string; message: Message }[],
  { pageToken, pageSize }: Message,
): Message {
  const from = pageToken ? all.findIndex(({ path }) => path === pageToken) + 1 : 0;
  const shown = all.slice(from, from + (Number(pageSize) || defaultPageSize));
  const last = shown.at(-1);
  const more = from + shown.length < all.length;
  return {
    documents: shown.map((one) => one.message),
    nextPageToken: more && last ? last.path : '',
  };
}

/** `a desc, b` as the orders it spells. */
function fromOrderBy(spelled: string): Order[] {
  if (spelled === '') return [];
  return spelled.split(',').map((part) => {
    const [field = '', direction = 'asc'] = part.trim().split(/\s+/);
    return { field: fieldPath(field), direction: direction === 'desc' ? 'desc' : 'asc' };
  });
}

/** google.firestore.v1.BatchWrite: each write for itself. */
export function batchWrite(
  engine: FirestoreEngine,
  names: Names,
  statusOf: (error: unknown) => Message,
) {
  return (request: Message): Message => {
    names.checkDatabase(request.database);
    const writes = list(request.writes).map((one) => fromWrite(one, names));
    if (new Set(writes.map(({ path }) => path)).size !== writes.length) {
      throw new EngineError(
        'INVALID_ARGUMENT',
        'Cannot write to the same document more than once in a single request.',
      );
    }
    const outcomes = writes.map((write) => {
      try {
        const [updateTime] = engine.commit([write]).results.map((result) => result.updateTime);
        return {
          result: { updateTime: updateTime === undefined ? null : toTimestamp(updateTime) },
          status: { code: 0, message: '' },
        };
      } catch (error) {
        return { result: { updateTime: null }, status: statusOf(error) };
      }
    });
    return {
      writeResults: outcomes.map(({ result }) => result),
      status: outcomes.map(({ status }) => status),
    };
  };
}
