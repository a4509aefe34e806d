import { createHash } from 'node:crypto';
import type { Ports, Write } from '../ports/index.ts';

/** Bytes of a part: below Firestore's 1 MiB a document with room for its other fields (Firestore quotas page). */
const partBytes = 1_000_000;
/** Parts in one commit: below Firestore's 10 MiB a request. */
const partsPerCommit = 8;
/** Bodies of up to this many parts are written in the admitting commit itself. */
const partsWithDelivery = 2;

type Part = { bytes: Uint8Array; expireAt: Date };

/** How the request's body is kept below the delivery, in parts `body/<n>`. */
export type BodyDescription = {
  contentType: string;
  bytes: number;
  /** SHA-256 of the bytes, hex. */
  sha256: string;
  parts: number;
};

/** How `body` will be kept. */
export function describeBody(body: Uint8Array, contentType: string): BodyDescription {
  return {
    contentType,
    bytes: body.byteLength,
    sha256: createHash('sha256').update(body).digest('hex'),
    parts: Math.max(1, Math.ceil(body.byteLength / partBytes)),
  };
}

/** Whether `body` is too much for the admitting commit: {@link keepBody} then writes it at once. */
export function isKeptAhead(body: Uint8Array): boolean {
  return body.byteLength > partsWithDelivery * partBytes;
}

/**
 * The writes that keep `body` below `delivery`. What is too much for the admitting commit is written here and now, before
 * the delivery exists: parts without a delivery are nothing (and expire), a delivery without its parts would be a lie.
 */
export async function keepBody(
  ports: Pick<Ports, 'documents'>,
  delivery: string,
  body: Uint8Array,
  expireAt: Date,
): Promise<Write[]> {
  const writes: Write[] = [];
  for (let start = 0; start === 0 || start < body.byteLength; start += partBytes) {
    const part: Part = { bytes: body.subarray(start, start + partBytes), expireAt };
    writes.push({ op: 'set', path: `${delivery}/body/${partId(writes.length)}`, data: part });
  }
  if (!isKeptAhead(body)) return writes;
  for (let at = 0; at < writes.length; at += partsPerCommit) {
    await ports.documents.commit(writes.slice(at, at + partsPerCommit));
  }
  return [];
}

/** The body of a delivery, byte for byte as it came. Throws when a part is missing. */
export async function readBody(
  ports: Pick<Ports, 'documents'>,
  delivery: string,
  description: BodyDescription,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < description.parts; index += 1) {
    const part = await ports.documents.get<Part>(`${delivery}/body/${partId(index)}`);
    if (!part)
      throw new Error(`${delivery}: part ${index} of ${description.parts} of the body is missing`);
    parts.push(part.data.bytes);
  }
  return Buffer.concat(parts);
}

function partId(index: number): string {
  return String(index).padStart(3, '0');
}
