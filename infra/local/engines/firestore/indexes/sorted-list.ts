/** Entries that one block holds before it is halved. */
const mostInBlock = 512;

/** A place between two entries of a list, good until the list changes. */
export interface Place {
  block: number;
  at: number;
}

/** Entries in order, kept in blocks, so that to add and to remove one costs little however many there are. */
export interface SortedList<T> {
  add(entry: T): void;
  /** Removes the entry that compares equal, if there is one. */
  remove(entry: T): void;
  /** The place before the first entry for which `reached` holds. It must hold for all that follow as well. */
  before(reached: (entry: T) => boolean): Place;
  /** The entries from one place to another, in order or from the end. */
  between(from: Place, to: Place, backwards: boolean): Iterable<T>;
}

/** `compare` tells all entries apart. */
export function sortedList<T>(
  compare: (a: T, b: T) => number,
  entries: readonly T[],
): SortedList<T> {
  const blocks: T[][] = [];
  const sorted = [...entries].sort(compare);
  for (let from = 0; from < sorted.length; from += mostInBlock / 2) {
    blocks.push(sorted.slice(from, from + mostInBlock / 2));
  }

  const before: SortedList<T>['before'] = (reached) => {
    const block = firstIndex(blocks.length, (index) => {
      const last = blocks[index]?.at(-1);
      return last !== undefined && reached(last);
    });
    const within = blocks[block] ?? [];
    const at = firstIndex(within.length, (index) => {
      const entry = within[index];
      return entry !== undefined && reached(entry);
    });
    return { block, at };
  };

  return {
    before,
    add: (entry) => {
      const found = before((other) => compare(other, entry) >= 0);
      // What comes after all others goes to the end of the last block.
      const isLast = found.block === blocks.length && blocks.length > 0;
      const index = isLast ? found.block - 1 : found.block;
      const block = blocks[index];
      if (!block) {
        blocks.push([entry]);
        return;
      }
      block.splice(isLast ? block.length : found.at, 0, entry);
      if (block.length > mostInBlock) blocks.splice(index + 1, 0, block.splice(mostInBlock / 2));
    },
    remove: (entry) => {
      const { block: index, at } = before((other) => compare(other, entry) >= 0);
      const block = blocks[index];
      const found = block?.[at];
      if (!block || found === undefined || compare(found, entry) !== 0) return;
      block.splice(at, 1);
      if (block.length === 0) blocks.splice(index, 1);
    },
    *between(from, to, backwards) {
      const first = from.block;
      const last = Math.min(to.block, blocks.length - 1);
      for (let step = 0; step <= last - first; step += 1) {
        const index = backwards ? last - step : first + step;
        const block = blocks[index] ?? [];
        const start = index === from.block ? from.at : 0;
        const end = index === to.block ? to.at : block.length;
        for (let offset = 0; offset < end - start; offset += 1) {
          const entry = block[backwards ? end - 1 - offset : start + offset];
          if (entry !== undefined) yield entry;
        }
      }
    },
  };
}

/** The first of the numbers from 0 for which `holds` does; `length` when it holds for none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
