/** What was so, and from when on: the last value is so now. */
export interface History<T> {
  now(): T;
  /** Everything that was so at some time since `since`, ms since the epoch, the oldest first. */
  since(since: number): T[];
  /** From when on the present value is so. */
  from(): number;
  add(value: T): void;
}

export function createHistory<T>(clock: () => number, first: T): History<T> {
  let last = { from: clock(), value: first };
  const all = [last];
  return {
    now: () => last.value,
    since: (since) => {
      // What changed in that very millisecond may have been read before.
      const later = all.findIndex((one) => one.from >= since);
      const from = later < 0 ? all.length - 1 : Math.max(0, later - 1);
      return all.slice(from).map(({ value }) => value);
    },
    from: () => last.from,
    add: (value) => {
      last = { from: clock(), value };
      all.push(last);
    },
  };
}
