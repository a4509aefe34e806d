/** Somebody who waits for a time. */
export interface Waiting<T> {
  readonly at: number;
  readonly item: T;
  /** Set it to leave the list. */
  gone: boolean;
}

/** Who waits for a time, soonest first; among equals, who came first. */
export interface WaitingList<T> {
  add(at: number, item: T): Waiting<T>;
  /** The one whose time comes first, left in its place. */
  first(): Waiting<T> | undefined;
  /** Takes the first one off the list. */
  shift(): Waiting<T> | undefined;
}

interface Ranked<T> extends Waiting<T> {
  readonly rank: number;
}

/** A binary heap, from which those who left are dropped when they come to the front. */
export function createWaitingList<T>(): WaitingList<T> {
  const heap: Ranked<T>[] = [];
  let ranks = 0;

  const rise = (start: number): void => {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!swapIfSooner(heap, index, parent)) return;
      index = parent;
    }
  };
  const sink = (): void => {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = sooner(heap[right], heap[left]) ? right : left;
      if (!swapIfSooner(heap, child, index)) return;
      index = child;
    }
  };
  const dropFirst = (): void => {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    sink();
  };
  const first = (): Ranked<T> | undefined => {
    while (heap[0]?.gone) dropFirst();
    return heap[0];
  };
  return {
    add: (at, item) => {
      ranks += 1;
      const added: Ranked<T> = { at, item, gone: false, rank: ranks };
      rise(heap.push(added) - 1);
      return added;
    },
    first,
    shift: () => {
      const found = first();
      if (found) dropFirst();
      return found;
    },
  };
}

function sooner<T>(a: Ranked<T> | undefined, b: Ranked<T> | undefined): boolean {
  if (!a || !b) return false;
  return a.at < b.at || (a.at === b.at && a.rank < b.rank);
}

function swapIfSooner<T>(heap: Ranked<T>[], lower: number, upper: number): boolean {
  const [below, above] = [heap[lower], heap[upper]];
  if (!below || !above || !sooner(below, above)) return false;
  heap[upper] = below;
  heap[lower] = above;
  return true;
}
