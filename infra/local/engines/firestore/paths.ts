import { EngineError } from '../engine.ts';

/** Largest id of a document or collection, in bytes of UTF-8 (Firestore quotas page). */
const maxIdBytes = 1500;
/** Largest depth of subcollections (Firestore quotas page). */
const maxCollectionDepth = 100;

const reserved = /^__.*__$/;

/** Parts of a document's path. */
export interface Place {
  /** Path of the collection it is in. */
  collection: string;
  id: string;
}

export function place(path: string): Place {
  const slash = path.lastIndexOf('/');
  return { collection: path.slice(0, slash), id: path.slice(slash + 1) };
}

/** Last segment of a collection's path. */
export function collectionId(collection: string): string {
  return collection.slice(collection.lastIndexOf('/') + 1);
}

/** The document above a collection; `''` is the root. */
export function parentOf(collection: string): string {
  return collection.slice(0, Math.max(0, collection.lastIndexOf('/')));
}

/** Refuses what is not the path of a document. */
export function checkDocumentPath(path: string): void {
  const segments = path.split('/');
  if (segments.length % 2 !== 0) {
    throw invalid(
      `Document name "${path}" has invalid number of segments: it must name a document, not a collection.`,
    );
  }
  checkSegments(path, segments);
}

/** Refuses what is neither the root nor the path of a document. */
export function checkParent(parent: string): void {
  if (parent !== '') checkDocumentPath(parent);
}

/** Refuses what cannot be one collection's id. */
export function checkCollectionId(id: string): void {
  if (id.includes('/')) throw invalid(`Collection id "${id}" is invalid because it contains "/".`);
  checkSegments(id, [id]);
}

function checkSegments(path: string, segments: readonly string[]): void {
  if (segments.length > 2 * maxCollectionDepth) {
    throw invalid(`Name "${path}" has more than ${maxCollectionDepth} collections.`);
  }
  for (const id of segments) {
    if (id === '') throw invalid(`Name "${path}" has an empty segment.`);
    if (id === '.' || id === '..') {
      throw invalid(`Name "${path}" has the invalid segment "${id}".`);
    }
    if (reserved.test(id)) {
      throw invalid(`Resource id "${id}" is invalid because it is reserved.`);
    }
    if (id.length * 3 > maxIdBytes && Buffer.byteLength(id) > maxIdBytes) {
      throw invalid(`Resource id "${id.slice(0, 20)}…" is longer than ${maxIdBytes} bytes.`);
    }
  }
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', message);
}
