import { EngineError } from '../engine.ts';
import type { Collections } from './collections.ts';
import type { CommitClock } from './commit-clock.ts';
import { type FieldPath, valueAt, withValueAt } from './field-path.ts';
import { checkDocument, maxRequestBytes } from './limits.ts';
import { identicalFields } from './order.ts';
import { checkDocumentPath } from './paths.ts';
import { applyTransforms } from './transforms.ts';
import type { CommitResult, Document, Micros, Write, WriteResult } from './types.ts';
import type { Fields } from './values.ts';

/** A document before and after a commit. */
export interface Change {
  path: string;
  before: Document | undefined;
  after: Document | undefined;
}

export interface Committed extends CommitResult {
  changes: Change[];
}

/** Full resource name of the document at a path, for messages. */
export type NameOf = (path: string) => string;

/**
 * Applies all of `writes`, in order, or none. A later write sees what an earlier one did.
 * @throws EngineError `ALREADY_EXISTS`, `NOT_FOUND`, `FAILED_PRECONDITION`, `INVALID_ARGUMENT`
 */
export function commit(
  documents: Collections,
  clock: CommitClock,
  nameOf: NameOf,
  writes: readonly Write[],
): Committed {
  for (const write of writes) checkDocumentPath(write.path);
  const commitTime = clock.next();
  const staged = new Map<string, Staged>();
  const results: WriteResult[] = [];
  let requestBytes = 0;
  for (const write of writes) {
    const { path } = write;
    const before = documents.get(path);
    const earlier = staged.get(path) ?? { path, before, after: before };
    const kind = kindOf(write);
    checkSequence(earlier.kind, kind);
    checkPrecondition(write, earlier, nameOf);
    const { document, result } = applied(write, earlier.after, commitTime);
    if (document) requestBytes += checkDocument(nameOf(path), path, document.fields);
    staged.set(path, { path, before: earlier.before, after: document, kind });
    results.push(result);
  }
  if (requestBytes > maxRequestBytes) {
    throw new EngineError('INVALID_ARGUMENT', 'Transaction too big. Decrease transaction size.');
  }
  const changes = [...staged.values()].filter(({ before, after }) => before !== after);
  for (const { path, after } of changes) {
    if (after) documents.put(after);
    else documents.delete(path, commitTime);
  }
  return { commitTime, results, changes };
}

/** What Firestore calls a write, by its precondition. */
type Kind = 'insert' | 'update' | 'upsert' | 'delete';

/** A document as the writes so far of a commit leave it, and the last of them. */
interface Staged extends Change {
  kind?: Kind;
}

function kindOf({ kind, precondition }: Write): Kind {
  if (kind === 'delete') return 'delete';
  if (!precondition) return 'upsert';
  return 'exists' in precondition && !precondition.exists ? 'insert' : 'update';
}

/** Some sequences on one document are refused for what they are, whether or not the document exists. */
function checkSequence(first: Kind | undefined, second: Kind): void {
  const clash =
    first === 'delete' ? second === 'update' : first !== undefined && second === 'insert';
  if (clash) {
    throw new EngineError(
      'INVALID_ARGUMENT',
      `Cannot ${first} then ${second} an entity in the same request.`,
    );
  }
}

/** A version is that before the commit; existence is as the earlier writes of the commit left it. */
function checkPrecondition(write: Write, { before, after }: Change, nameOf: NameOf): void {
  const { precondition } = write;
  if (!precondition) return;
  if ('updateTime' in precondition) {
    const stored = before?.updateTime ?? 0;
    if (stored !== precondition.updateTime) {
      throw new EngineError(
        'FAILED_PRECONDITION',
        `the stored version (${stored}) does not match the required base version (${precondition.updateTime})`,
      );
    }
  } else if (precondition.exists && !after) {
    throw new EngineError('NOT_FOUND', `No document to update: ${nameOf(write.path)}`);
  } else if (!precondition.exists && after) {
    throw new EngineError('ALREADY_EXISTS', `Document already exists: ${nameOf(write.path)}`);
  }
}

function applied(
  write: Write,
  current: Document | undefined,
  commitTime: Micros,
): { document: Document | undefined; result: WriteResult } {
  if (write.kind === 'delete') return { document: undefined, result: { transformResults: [] } };
  const { fields, results } = applyTransforms(
    updated(write, current?.fields),
    write.transforms ?? [],
    commitTime,
  );
  const document =
    current && identicalFields(current.fields, fields)
      ? current
      : {
          path: write.path,
          fields,
          createTime: current?.createTime ?? commitTime,
          updateTime: commitTime,
        };
  return { document, result: { updateTime: document.updateTime, transformResults: results } };
}

function updated(write: Extract<Write, { kind: 'update' }>, current: Fields | undefined): Fields {
  if (!write.mask) return write.fields;
  let fields = current ?? new Map();
  if (write.mask.every(({ segments }) => segments.length === 1)) {
    return withFields(fields, write.mask, write.fields);
  }
  for (const path of write.mask) fields = withValueAt(fields, path, valueAt(write.fields, path));
  return fields;
}

/** What most updates do: some of a document's own fields replaced, or removed where `values` lacks them. */
function withFields(fields: Fields, names: readonly FieldPath[], values: Fields): Fields {
  const changed = new Map(fields);
  for (const { segments } of names) {
    const [name = ''] = segments;
    const value = values.get(name);
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  return changed;
}
