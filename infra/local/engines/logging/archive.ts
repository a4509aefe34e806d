import type { Store } from '../engine.ts';
import { compareEntries, fromRow, identity, type StoredEntry, toRow } from './entry.ts';

/** The entries that can be listed, oldest first. */
export interface Archive {
  /** Keeps an entry once, however often it comes; beyond the limit the oldest entry goes. */
  add(entry: StoredEntry): void;
  /** In the order of {@link compareEntries}. */
  entries(): readonly StoredEntry[];
  /** Forgets the entries of a log. Answers with their number. */
  remove(logName: string): number;
}

const table = 'logging.entries';

/** One row an entry: a write costs one row, and one more when it pushes an old entry out. */
export function openArchive(store: Store, keep: number): Archive {
  const rows = store.entries(table).map(([key, row]) => ({ key, entry: fromRow(row) }));
  let kept = rows.map(({ entry }) => entry).sort(compareEntries);
  const keys = new Map(rows.map(({ key, entry }) => [identity(entry), key]));
  let sequence = rows.reduce((highest, { key }) => Math.max(highest, Number(key)), 0);

  const forget = (entry: StoredEntry): void => {
    const key = keys.get(identity(entry));
    if (key === undefined) return;
    keys.delete(identity(entry));
    store.delete(table, key);
  };
  return {
    add: (entry) => {
      if (keys.has(identity(entry))) return;
      sequence += 1;
      keys.set(identity(entry), String(sequence));
      store.put(table, String(sequence), toRow(entry));
      kept.splice(placeOf(kept, entry), 0, entry);
      while (kept.length > keep) {
        const oldest = kept.shift();
        if (oldest) forget(oldest);
      }
    },
    entries: () => kept,
    remove: (logName) => {
      const gone = kept.filter((entry) => entry.logName === logName);
      kept = kept.filter((entry) => entry.logName !== logName);
      for (const entry of gone) forget(entry);
      return gone.length;
    },
  };
}

/** The index of the first entry that comes after `entry`; entries mostly arrive in order, so from the end. */
export function placeOf(sorted: readonly StoredEntry[], entry: StoredEntry): number {
  const last = sorted.at(-1);
  if (!last || compareEntries(last, entry) <= 0) return sorted.length;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at && compareEntries(at, entry) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
