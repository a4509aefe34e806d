import type { Json, Store } from '../engine.ts';
import type { Message } from './types.ts';

/** The messages that some subscription has not acknowledged. */
export interface Messages {
  /** Keeps a message for `subscriptions`: one row. */
  add(message: Message, subscriptions: readonly string[]): void;
  /** `subscription` needs it no more: one row. */
  acknowledge(subscription: string, id: string): void;
  /** `subscription` is gone, with everything that it had not acknowledged. */
  forget(subscription: string): void;
  /** What was pending when the store was opened, in the order of publishing. */
  loaded(): { message: Message; subscription: string }[];
  /** Greater than that of every message there ever was. */
  nextId(now: number): string;
}

const table = 'pubsub.messages';

type Row = Message & { pending: string[] };

export function openMessages(store: Store): Messages {
  const rows = new Map(
    store.entries(table).map(([id, row]) => [id, row as unknown as Row] as const),
  );
  let lastId = [...rows.keys()].reduce((highest, id) => Math.max(highest, Number(id)), 0);
  const save = (row: Row): void => store.put(table, row.id, row as unknown as Json);

  const acknowledge = (subscription: string, id: string): void => {
    const row = rows.get(id);
    if (!row?.pending.includes(subscription)) return;
    row.pending = row.pending.filter((name) => name !== subscription);
    if (row.pending.length > 0) {
      save(row);
      return;
    }
    rows.delete(id);
    store.delete(table, id);
  };

  return {
    add: (message, pending) => {
      const row = { ...message, pending: [...pending] };
      rows.set(message.id, row);
      save(row);
    },
    acknowledge,
    forget: (subscription) => {
      for (const id of [...rows.keys()]) acknowledge(subscription, id);
    },
    loaded: () =>
      [...rows.values()]
        .sort((a, b) => Number(a.id) - Number(b.id))
        .flatMap(({ pending, ...message }) =>
          pending.map((subscription) => ({ message, subscription })),
        ),
    // Ids grow with time, so a new process needs no counter of its own; 1,000 a millisecond stay under 2^53.
    nextId: (now) => {
      lastId = Math.max(lastId + 1, Math.floor(now) * 1000);
      return String(lastId);
    },
  };
}
