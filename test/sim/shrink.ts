/** What went wrong in a life that fails, in order. */
export interface Lived {
  mishaps: readonly { id: string }[];
}

/** Lives again with no other mishaps than some, once for each: gives the life where it fails as the first one did, else undefined. */
export type Attempts<L> = (onlys: Iterable<readonly string[]>) => AsyncIterable<L | undefined>;

export interface Shrunk<L> {
  /** The life with as few mishaps as were found. */
  lived: L;
  /** Lives that it took. */
  lives: number;
  /** Whether none of the mishaps that are left can be left out alone: it did not stop for the number of lives. */
  isMinimal: boolean;
}

/**
 * Finds few mishaps that a life fails with: leaves out half of them, then quarters, and so on to single ones (delta debugging).
 *
 * A life that is lived without a mishap goes another way from there on. So the last are left out first, what came before them
 * stays as it was, and nothing happens but what happened in the life that is being shrunk: each one that is found has less in it.
 *
 * @param mostLives How many lives it may take.
 */
export async function shrink<L extends Lived>(
  first: L,
  attempts: Attempts<L>,
  mostLives: number,
): Promise<Shrunk<L>> {
  let lived = first;
  let lives = 0;
  let size = Math.max(1, first.mishaps.length);
  /** Where the chunk that is tried next ends, of the mishaps that happen. */
  let end = first.mishaps.length;
  let isNew = false;

  while (lived.mishaps.length > 0) {
    const chunks = chunksBefore(end, size);
    const candidates = chunks.map(([from, to]) => idsBeside(lived, from, to));
    const found = await firstThatFails(candidates.slice(0, mostLives - lives), attempts);
    lives += found.lives;
    if (found.lived) {
      lived = found.lived;
      end = Math.min(chunks[found.lives - 1]?.[0] ?? 0, lived.mishaps.length);
      isNew = true;
      if (end > 0) continue;
    } else if (found.lives < candidates.length) {
      return { lived, lives, isMinimal: false };
    }
    // All the way through: with smaller chunks now, or again where what is left is another life than was tried.
    if (size === 1 && !isNew) break;
    if (size > 1) size = Math.min(Math.ceil(size / 2), Math.max(1, lived.mishaps.length));
    end = lived.mishaps.length;
    isNew = false;
  }
  return { lived, lives, isMinimal: true };
}

/** Chunks of a size, from and to which index, the last ones first. */
function chunksBefore(end: number, size: number): [from: number, to: number][] {
  const chunks: [number, number][] = [];
  for (let to = end; to > 0; to -= size) chunks.push([Math.max(0, to - size), to]);
  return chunks;
}

/** The ids of all mishaps but those of a chunk. */
function idsBeside({ mishaps }: Lived, from: number, to: number): string[] {
  return [...mishaps.slice(0, from), ...mishaps.slice(to)].map(({ id }) => id);
}

async function firstThatFails<L>(
  candidates: readonly string[][],
  attempts: Attempts<L>,
): Promise<{ lives: number; lived?: L }> {
  let lives = 0;
  for await (const lived of attempts(candidates)) {
    lives += 1;
    if (lived) return { lives, lived };
  }
  return { lives };
}
