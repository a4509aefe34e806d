import type { FirestoreEngine } from '../../engines/firestore/index.ts';
import type { Message } from '../server.ts';
import { toDocument } from './documents.ts';
import { invalid, list, message, optional } from './message.ts';
import type { Names } from './names.ts';
import { fromAggregations, fromQuery } from './queries.ts';
import type { Turns } from './turns.ts';
import { toTimestamp, toValue } from './values.ts';
import { fromMask, transactionOf } from './writes.ts';

/** The transaction that a read is part of, and whether the read begins it. */
interface Under {
  transaction?: string;
  begun: boolean;
  readOnly: boolean;
}

/** The methods that answer with a stream of documents. */
export function readMethods(engine: FirestoreEngine, names: Names, turns: Turns) {
  const under = (request: Message): Under => {
    if (request.readTime) throw invalid('Reads of the past are not served here.');
    const options = optional(request.newTransaction);
    const transaction = transactionOf(request.transaction);
    if (!options) return { ...(transaction && { transaction }), begun: false, readOnly: false };
    const readOnly = options.mode === 'readOnly';
    return { transaction: engine.begin({ readOnly }), begun: true, readOnly };
  };
  /** A read that fails takes the transaction that it began with it: the client never learns of its id. */
  const reading = <T>({ transaction, begun }: Under, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      if (begun && transaction !== undefined) {
        engine.rollback(transaction);
        turns.release(transaction);
      }
      throw error;
    }
  };
  return {
    BatchGetDocuments: async (request: Message): Promise<Message[]> => {
      names.checkDatabase(request.database);
      const paths = list(request.documents).map(names.path);
      const mask = fromMask(request.mask);
      const scope = under(request);
      if (scope.begun && !scope.readOnly && scope.transaction !== undefined) {
        await turns.take(scope.transaction, [...new Set(paths)]);
      }
      const { result, readTime } = reading(scope, () => engine.get(paths, scope.transaction));
      const answers = result.map((found, i): Message => {
        const missing = { missing: names.name(paths[i] ?? '') };
        return {
          ...(found ? { found: toDocument(found, names, mask) } : missing),
          readTime: toTimestamp(readTime),
        };
      });
      if (!scope.begun) return answers;
      const [first = { readTime: toTimestamp(readTime) }, ...rest] = answers;
      return [{ ...first, transaction: toBytes(scope) }, ...rest];
    },

    RunQuery: (request: Message): Message[] => {
      const query = fromQuery(request.parent, request.structuredQuery, names);
      const scope = under(request);
      const { result, readTime } = reading(scope, () => engine.query(query, scope.transaction));
      const at = toTimestamp(readTime);
      const answers: Message[] = result.map((found) => ({
        document: toDocument(found, names),
        readTime: at,
      }));
      if (answers.length === 0) answers.push({ readTime: at });
      // query responses that carry a transaction carry nothing else (firestore.proto).
      return scope.begun ? [{ transaction: toBytes(scope) }, ...answers] : answers;
    },

    RunAggregationQuery: (request: Message): Message[] => {
      const { structuredQuery, aggregations } = message(request.structuredAggregationQuery);
      const query = fromQuery(request.parent, structuredQuery, names);
      const wanted = fromAggregations(aggregations);
      const scope = under(request);
      const { result, readTime } = reading(scope, () =>
        engine.aggregate(query, wanted, scope.transaction),
      );
      const aggregateFields = Object.fromEntries(
        [...result].map(([alias, value]) => [alias, toValue(value)]),
      );
      const answer = { result: { aggregateFields }, readTime: toTimestamp(readTime) };
      return [scope.begun ? { ...answer, transaction: toBytes(scope) } : answer];
    },
  };
}

function toBytes({ transaction = '' }: Under): Buffer {
  return Buffer.from(transaction, 'latin1');
}
