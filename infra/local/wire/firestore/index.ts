import type { FirestoreEngine } from '../../engines/firestore/index.ts';
import { definition } from '../protos.ts';
import { type Message, status, type WireService } from '../server.ts';
import { batchWrite, documentMethods } from './documents.ts';
import { listen } from './listen.ts';
import { message } from './message.ts';
import { names as namesOf } from './names.ts';
import { readMethods } from './reads.ts';
import { turns as turnsOf } from './turns.ts';
import { commit, transactionOf } from './writes.ts';

/** Longest that a transaction keeps others from its documents, in ms. */
const turnMs = 1_500;

/** google.firestore.v1.Firestore on an engine, for the unmodified client. */
export function firestoreService(engine: FirestoreEngine): WireService {
  const names = namesOf(engine.root);
  const turns = turnsOf(turnMs);
  const ending = (request: Message, end: () => Message): Message => {
    try {
      return end();
    } finally {
      turns.release(transactionOf(request.transaction) ?? '');
    }
  };
  return {
    definition: definition('google.firestore.v1.Firestore'),
    unary: {
      ...documentMethods(engine, names),
      BatchWrite: batchWrite(engine, names, toStatus),
      BeginTransaction: ({ database, options }) => {
        names.checkDatabase(database);
        const readOnly = message(options).mode === 'readOnly';
        return { transaction: Buffer.from(engine.begin({ readOnly }), 'latin1') };
      },
      Commit: (request) => ending(request, () => commit(engine, names, request)),
      Rollback: (request) =>
        ending(request, () => {
          names.checkDatabase(request.database);
          engine.rollback(transactionOf(request.transaction) ?? '');
          return {};
        }),
    },
    serverStream: readMethods(engine, names, turns),
    duplex: { Listen: listen(engine, names) },
  };
}

/** google.rpc.Status of an error. */
function toStatus(error: unknown): Message {
  const { code, details } = status(error);
  return { code, message: details };
}
