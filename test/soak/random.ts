import { createHash } from 'node:crypto';

/** A number in [0, 1) that a text decides. */
export function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

/** Numbers that a seed decides, in [0, 1). */
export function numbersOf(seed: number): () => number {
  let drawn = 0;
  return () => {
    drawn += 1;
    return fractionOf(`${seed} ${drawn}`);
  };
}
