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

/** Whether a body is too much for the admitting commit: {@link keepBody} then writes it at once. */
export function isKeptAhead({ parts }: BodyDescription): boolean {
  return parts > partsWithDelivery;
}

/**
 * The writes that keep `body` below `delivery`. What is too much for the admitting commit is written here and now, before
 * the delivery exists: parts without a delivery are nothing (and expire), a delivery without its parts would be a lie.
 */
export async function keepBody(
  ports: Pick<Ports, 'documents'>,
  delivery: string,
  body: Uint8Array,
  description: BodyDescription,
  expireAt: Date,
): Promise<Write[]> {
  const writes = Array.from({ length: description.parts }, (_, index): Write => {
    const start = index * partBytes;
    const part: Part = { bytes: body.subarray(start, start + partBytes), expireAt };
    return { op: 'set', path: partPath(delivery, description, index), data: part };
  });
  if (!isKeptAhead(description)) return writes;
  for (let at = 0; at < writes.length; at += partsPerCommit) {
    await ports.documents.commit(writes.slice(at, at + partsPerCommit));
  }
  return [];
}

/** One part of the body of a delivery; undefined when it is not there any more. */
export async function readPart(
  { documents }: Pick<Ports, 'documents'>,
  delivery: string,
  description: BodyDescription,
  index: number,
): Promise<Uint8Array | undefined> {
  const part = await documents.get<Part>(partPath(delivery, description, index));
  return part?.data.bytes;
}

/** The body of a delivery, byte for byte as it came; undefined when it is not all there any more. */
export async function readBody(
  ports: Pick<Ports, 'documents'>,
  delivery: string,
  description: BodyDescription,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (let index = 0; index < description.parts; index += 1) {
    const part = await readPart(ports, delivery, description, index);
    if (!part) return undefined;
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  const isWhole = describeBody(body, description.contentType).sha256 === description.sha256;
  return isWhole ? body : undefined;
}

/**
 * Parts that are written ahead are named after their content: two bodies that come under one delivery id at once must not
 * mix, since neither has a delivery yet that would tell them apart.
 */
export function partPath(delivery: string, description: BodyDescription, index: number): string {
  const number = String(index).padStart(3, '0');
  const name = isKeptAhead(description) ? `${description.sha256.slice(0, 8)}-${number}` : number;
  return `${delivery}/body/${name}`;
}
