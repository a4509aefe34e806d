import { createHash } from 'node:crypto';

/**
 * `locks/<SHA-256 of the key, hex>`: who holds a resource key, or held it last (D8). The document outlives the release, so that
 * the fence never goes back. All times are Firestore's own ([0012](../../docs/decisions/0012-lock-times.md)).
 */
export type Lock = {
  /** What is locked, as the agent wrote it. */
  key: string;
  /** One sentence for a reader. */
  summary: string;
  /** The run that holds it, unless `until` has passed or that run is over; null: nobody does. */
  holder: string | null;
  /** The agent of that run. */
  agent: string | null;
  /** Grows with each new holder. Of the present holder, or of the last one. */
  fence: number;
  /** When the holder got it. */
  takenAt: Date;
  /** When the holder last asked for it. */
  since: Date;
  /** It is the holder's until then, or was. */
  until: Date;
  /** How the last holder that has lost it lost it. */
  last: Tenure | null;
  /** By when the sweep must look whether its holder still lives; null when nobody holds it. */
  dueAt: Date | null;
};

/** How a lock was lost: given back, left to expire, outlived its holder, or taken away by an operator. */
export type Loss = 'released' | 'expired' | 'over' | 'broken';

/** A time during which one run held a lock. */
export type Tenure = {
  holder: string;
  fence: number;
  /** ISO time. */
  takenAt: string;
  /** ISO time. */
  lostAt: string;
  loss: Loss;
  /** Half a sentence. */
  why: string;
};

/** `waits/<run>`: the key that a run last asked for in vain. Gone as soon as it gets a lock, and of no meaning after `until`. */
export type Wait = {
  key: string;
  until: Date;
  /** When Firestore's TTL policy removes the document. */
  expireAt: Date;
};

/** Seconds that a lock lasts where neither the request nor the project says so. */
export const defaultTtl = 1_800;

/** Most seconds that a lock lasts: what a request may ask for, and what one holder gets in all, whatever it asks for. */
export const longestTtl = 86_400;

/** How long a run counts as waiting for a key that it asked for in vain, in ms. Asking again in the second half prolongs it. */
export const waitMs = 120_000;

/** Path of the lock of a key. Keys are compared byte for byte. */
export function lockPath(key: string): string {
  return `locks/${createHash('sha256').update(key).digest('hex')}`;
}

export function waitPath(runId: string): string {
  return `waits/${runId}`;
}
