/** Counts calls by `Service.Method`, for benchmarks and for tests that hold a count. */
export interface Calls {
  record(method: string): void;
  /** How often each method was called since the last {@link Calls.reset}. */
  counts(): { [method: string]: number };
  reset(): void;
}

export function callCounter(): Calls {
  const counted = new Map<string, number>();
  return {
    record: (method) => void counted.set(method, (counted.get(method) ?? 0) + 1),
    counts: () => Object.fromEntries([...counted].sort(([a], [b]) => a.localeCompare(b))),
    reset: () => counted.clear(),
  };
}
