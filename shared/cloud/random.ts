import { randomBytes } from 'node:crypto';
import type { Random } from '../ports/index.ts';

/** The randomness of this machine: bytes from the operating system's generator, fractions from the engine's cheap one. */
export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
};
