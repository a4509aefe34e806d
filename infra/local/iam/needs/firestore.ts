import type { Message } from '../../wire/server.ts';
import { type Need, project } from '../target.ts';
import { fromPage } from './table.ts';

const needs = (...permissions: string[]): Need[] =>
  permissions.map((permission) => ({ permission: `datastore.${permission}`, on: project }));

const answer = needs('entities.get', 'entities.list');

/**
 * What a write needs follows from its precondition: one of a document that must not be there creates, one of a document that
 * must be there updates, and one without may do either.
 */
function ofWrite({ operation, currentDocument }: Message): Need[] {
  if (operation === 'delete') return needs('entities.delete');
  const { conditionType, exists } = (currentDocument ?? {}) as Message;
  if (conditionType === 'updateTime') return needs('entities.update');
  if (conditionType !== 'exists') return needs('entities.create', 'entities.update');
  return exists === true ? needs('entities.update') : needs('entities.create');
}

function ofWrites({ writes }: Message): Need[] {
  const list = Array.isArray(writes) ? (writes as Message[]) : [];
  return list.length === 0 ? needs('databases.get') : list.flatMap(ofWrite);
}

/** A read that begins a transaction needs to begin it, too. */
const reading =
  (read: readonly Need[]) =>
  ({ newTransaction }: Message): Need[] => [
    ...read,
    ...(newTransaction ? needs('databases.get') : []),
  ];

export const firestoreNeeds = fromPage(
  'Firestore docs, "Security for server client libraries": required permissions for API methods',
  'Firestore',
  {
    GetDocument: reading(needs('entities.get')),
    BatchGetDocuments: reading(needs('entities.get')),
    ListDocuments: reading(answer),
    ListCollectionIds: () => needs('entities.list'),
    RunQuery: reading(answer),
    RunAggregationQuery: reading(answer),
    CreateDocument: () => needs('entities.create'),
    UpdateDocument: ({ currentDocument }) => ofWrite({ operation: 'update', currentDocument }),
    DeleteDocument: () => needs('entities.delete'),
    BatchWrite: ofWrites,
    Commit: ofWrites,
    BeginTransaction: () => needs('databases.get'),
    Rollback: () => needs('databases.get'),
    Listen: () => answer,
  },
);
