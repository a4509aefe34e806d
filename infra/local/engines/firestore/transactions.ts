import { EngineError } from '../engine.ts';

/** Longest life of a transaction, in ms (Firestore transactions page). */
const maxLifeMs = 270_000;
/** Longest time between two calls of a transaction, in ms (Firestore transactions page). */
const maxIdleMs = 60_000;

/** A read that a transaction rests on: does it still answer the same? */
type StillHolds = () => boolean;

interface Transaction {
  readOnly: boolean;
  startedAt: number;
  usedAt: number;
  reads: StillHolds[];
}

/** Open transactions. They hold no locks: what they read is looked at again when they commit. */
export interface Transactions {
  begin(readOnly: boolean): string;
  /** Remembers that a transaction rests on this read. */
  rest(id: string, holds: StillHolds): void;
  /**
   * Ends a transaction that is about to write.
   * @throws EngineError `ABORTED` when something that it read has changed
   */
  finish(id: string, writes: number): void;
  end(id: string): void;
}

export function transactions(now: () => number, random: () => number): Transactions {
  const open = new Map<string, Transaction>();
  let begun = 0;

  const expired = ({ startedAt, usedAt }: Transaction): boolean =>
    now() - startedAt > maxLifeMs || now() - usedAt > maxIdleMs;
  /** Transactions stand in the order of their beginning, so the old ones are met first. */
  const forget = (): void => {
    for (const [id, transaction] of open) {
      if (now() - transaction.startedAt <= maxIdleMs) return;
      if (expired(transaction)) open.delete(id);
    }
  };
  const find = (id: string): Transaction => {
    const transaction = open.get(id);
    if (transaction && !expired(transaction)) {
      transaction.usedAt = now();
      return transaction;
    }
    open.delete(id);
    throw new EngineError(
      'INVALID_ARGUMENT',
      'The referenced transaction has expired or is no longer valid.',
    );
  };
  return {
    begin: (readOnly) => {
      forget();
      begun += 1;
      const id = `${begun}-${Math.floor(random() * 2 ** 48).toString(36)}`;
      open.set(id, { readOnly, startedAt: now(), usedAt: now(), reads: [] });
      return id;
    },
    rest: (id, holds) => {
      const transaction = find(id);
      // Nobody validates a read-only transaction at its end, so it is kept whole at every step.
      if (transaction.readOnly && !transaction.reads.every((read) => read())) throw contention();
      transaction.reads.push(holds);
    },
    finish: (id, writes) => {
      const transaction = find(id);
      open.delete(id);
      if (transaction.readOnly && writes > 0) {
        throw new EngineError(
          'INVALID_ARGUMENT',
          'Cannot modify entities in a read-only transaction.',
        );
      }
      if (!transaction.reads.every((read) => read())) throw contention();
    },
    end: (id) => {
      find(id);
      open.delete(id);
    },
  };
}

function contention(): EngineError {
  return new EngineError('ABORTED', 'Too much contention on these documents. Please try again.');
}
