/**
 * Gathers values by key for one function instance: what comes while another of its key waits to be written takes its place, and
 * both have the answer of the one write. `write` takes the value as late as it can; what comes afterwards is written anew.
 *
 * @param later Which of two counts. Default: the one that came last.
 */
export function createLatest<T, R>(
  write: (key: string, take: () => T) => Promise<R>,
  later: (one: T, other: T) => T = (_, other) => other,
): (key: string, value: T) => Promise<R> {
  const waiting = new Map<string, { latest: { value: T }; written: Promise<R> }>();

  const begin = (key: string, value: T): Promise<R> => {
    const latest = { value };
    const close = (): void => {
      if (waiting.get(key)?.latest === latest) waiting.delete(key);
    };
    const take = (): T => {
      close();
      return latest.value;
    };
    // Not before it stands in the map: nobody may join a batch that was taken.
    const written = Promise.resolve()
      .then(() => write(key, take))
      .finally(close);
    waiting.set(key, { latest, written });
    return written;
  };

  return (key, value) => {
    const known = waiting.get(key);
    if (!known) return begin(key, value);
    known.latest.value = later(known.latest.value, value);
    return known.written;
  };
}
