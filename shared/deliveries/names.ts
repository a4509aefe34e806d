import { createHash } from 'node:crypto';

/**
 * What stands as it is in the id of a delivery's document: letters that Firestore allows everywhere in an id (Firestore
 * limits page) and no `:`, which ends the source's name. What begins like one of our own ids is taken for nobody else's.
 */
const plain = /^(?!sha256-|hashed-)[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Hexadecimal digits of a hash in an id: 128 bits, so that no two things meet by accident. */
const digits = 32;

/** Id of the document of a delivery that its sender has an id for: one for each source and id, whatever they hold. */
export function deliveryKey(source: string, deliveryId: string): string {
  return `${part(source)}:${part(deliveryId)}`;
}

/** Id of the document of a delivery without an id of its own: the bytes of the body, and when they came (ms since the epoch). */
export function bytesKey(source: string, sha256: string, now: number): string {
  return `${part(source)}:sha256-${sha256.slice(0, digits)}-${now.toString(36)}`;
}

/** Where it stands which delivery these bytes were last: see {@link Repeat}. */
export function repeatPath(source: string, sha256: string): string {
  return `repeats/${part(source)}:sha256-${sha256.slice(0, digits)}`;
}

export function deliveryPath(id: string): string {
  return `deliveries/${id}`;
}

/** Where one replay of a delivery stands: one for each key that its caller gives. */
export function replayPath(delivery: string, key: string): string {
  return `${deliveryPath(delivery)}/replays/${hash(key)}`;
}

function part(text: string): string {
  return plain.test(text) ? text : `hashed-${hash(text)}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
