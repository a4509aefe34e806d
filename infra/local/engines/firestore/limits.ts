import { EngineError } from '../engine.ts';
import { type Fields, isArray, isMap, type Value } from './values.ts';

/** Largest document, in bytes as Firestore counts them (Firestore quotas page). */
const maxDocumentBytes = 1_048_576;
/** Largest string or byte array, in bytes (document.proto: 1 MiB - 89 bytes). */
const maxValueBytes = 1_048_487;
/** Largest request, in bytes (Firestore quotas page). */
export const maxRequestBytes = 10 * 1024 * 1024;
/** Deepest map or array in a document (Firestore quotas page). */
const maxDepth = 20;
/** Longest field name, in bytes of UTF-8 (Firestore quotas page). */
const maxFieldNameBytes = 1500;

const reserved = /^__.*__$/;

/**
 * Size of a document as Firestore counts it (storage size page): name, fields and 32 bytes. Refuses what is too
 * large, too deep or badly named.
 */
export function checkDocument(name: string, path: string, fields: Fields): number {
  const size = nameBytes(path) + fieldsBytes(fields, 1) + 32;
  if (size > maxDocumentBytes) {
    throw invalid(
      `Document "${name}" cannot be written because its size (${commas(size)} bytes) exceeds the maximum allowed size of ${commas(maxDocumentBytes)} bytes.`,
    );
  }
  return size;
}

function nameBytes(path: string): number {
  // Each of the segments counts with one byte more than its text, as slashes and one do.
  return Buffer.byteLength(path) + 1 + 16;
}

function fieldsBytes(fields: Fields, depth: number): number {
  let size = 0;
  for (const [name, value] of fields) {
    size += checkFieldName(name) + 1 + valueBytes(value, depth, name);
  }
  return size;
}

function checkFieldName(name: string): number {
  const size = Buffer.byteLength(name);
  if (size === 0) throw invalid('The field name must not be empty.');
  if (size > maxFieldNameBytes) {
    throw invalid(`The field name "${name.slice(0, 20)}…" is longer than 1500 bytes.`);
  }
  if (name.startsWith('__') && reserved.test(name)) {
    throw invalid(`field name ${name} is reserved`);
  }
  return size;
}

function valueBytes(value: Value, depth: number, name: string): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return contentBytes(Buffer.byteLength(value), name) + 1;
  if (typeof value !== 'object') return 8;
  if (value instanceof Uint8Array) return contentBytes(value.length, name);
  if (isMap(value)) {
    checkDepth(depth, name);
    return 32 + fieldsBytes(value, depth + 1);
  }
  if (isArray(value)) {
    checkDepth(depth, name);
    let size = 0;
    for (const item of value) {
      if (isArray(item)) throw invalid('Cannot convert an array value in an array value.');
      size += valueBytes(item, depth + 1, name);
    }
    return size;
  }
  if (value.kind === 'timestamp') return 8;
  return value.kind === 'geo' ? 16 : Buffer.byteLength(value.name) + 1;
}

function contentBytes(size: number, name: string): number {
  if (size <= maxValueBytes) return size;
  throw invalid(`The value of property "${name}" is longer than ${maxValueBytes} bytes.`);
}

function checkDepth(depth: number, name: string): void {
  if (depth > maxDepth) {
    throw invalid(`Property ${name} exceeds the maximum depth of ${maxDepth}.`);
  }
}

const commas = (bytes: number): string => bytes.toLocaleString('en-US');

function invalid(message: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', message);
}
