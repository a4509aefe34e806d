/**
 * Who is next on a document. Transactions are validated when they commit, so turns are not needed to be right; they
 * only keep transactions on one document from aborting each other, as Firestore's own waiting does.
 */
export interface Turns {
  /** Resolves when no other transaction has its turn on any of `paths`. */
  take(transaction: string, paths: readonly string[]): Promise<void>;
  release(transaction: string): void;
}

interface Turn {
  paths: readonly string[];
  lease: NodeJS.Timeout;
}

/** A turn ends after `leaseMs` even if its transaction does not, so that a dead client holds nobody up. */
export function turns(leaseMs: number): Turns {
  const held = new Map<string, Turn>();
  const taken = new Set<string>();
  let waiting: { transaction: string; paths: readonly string[]; go: () => void }[] = [];

  const start = (transaction: string, paths: readonly string[]): void => {
    for (const path of paths) taken.add(path);
    const lease = setTimeout(() => release(transaction), leaseMs);
    lease.unref();
    held.set(transaction, { paths, lease });
  };
  const isFree = (paths: readonly string[]): boolean => paths.every((path) => !taken.has(path));
  const release = (transaction: string): void => {
    const turn = held.get(transaction);
    if (!turn) return;
    clearTimeout(turn.lease);
    held.delete(transaction);
    for (const path of turn.paths) taken.delete(path);
    waiting = waiting.filter((next) => {
      if (!isFree(next.paths)) return true;
      start(next.transaction, next.paths);
      next.go();
      return false;
    });
  };
  return {
    take: (transaction, paths) => {
      if (!isFree(paths)) {
        return new Promise((go) => void waiting.push({ transaction, paths, go }));
      }
      start(transaction, paths);
      return Promise.resolve();
    },
    release,
  };
}
