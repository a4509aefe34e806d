import type { Documents, Ports } from '../../shared/ports/index.ts';
import type { Releases } from '../../shared/projects/release.ts';
import type { Instant } from './operation.ts';

/** Where a history takes place. */
export interface Stage {
  /** Ports of instances whose clock is right; each call of Firestore waits for its turn, if there are turns. */
  ports: Ports;
  /** Firestore for whoever prepares a history: nobody waits for a turn. */
  documents: Documents;
  releases: Releases;
  /** The name that something has on this stage, where others are as well. */
  nameOf(name: string): string;
  /** The next instant of the history. */
  instant(): Instant;
  /** Lets time pass, in ms. */
  pass(ms: number): Promise<void>;
  /** Does something later, with nobody waiting for it. */
  later(act: () => Promise<unknown>): void;
  /** Waits for what goes on here, as long as it can go on. */
  play(work: Promise<unknown>): Promise<void>;
}

/** The instants of one history. */
export function createInstants(now: () => number): () => Instant {
  let count = 0;
  return () => {
    const instant = { order: count, time: now() };
    count += 1;
    return instant;
  };
}
