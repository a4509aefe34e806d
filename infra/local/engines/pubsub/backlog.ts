import type { Message, PushWindow, Subscription } from './types.ts';

/** One message on its way to one subscription. */
export interface Delivery {
  message: Message;
  /** How often its push failed. */
  failures: number;
  /** Not before this time, in ms since the epoch. */
  due: number;
}

/** The deliveries of one subscription: waiting, or in flight within a window that grows with success. */
export interface Backlog {
  subscription: Subscription;
  add(delivery: Delivery): void;
  /** When there will be something to take, in ms since the epoch; Infinity: not before another call. */
  nextDue(): number;
  /**
   * Fails what was in flight for too long, then starts what is due, as far as the window allows.
   *
   * @param pick Chooses which of those that are due comes first, given their number.
   */
  take(
    now: number,
    pick: (count: number) => number,
  ): { started: { id: string; delivery: Delivery }[]; expired: Delivery[] };
  /** Ends a delivery that is in flight; undefined: it is not, so its answer came too late. */
  settle(id: string, ok: boolean): Delivery | undefined;
}

/**
 * Slow start: the number of pushes in flight doubles with each success and halves with each failure
 * (Pub/Sub push page).
 */
export function createBacklog(subscription: Subscription, window: PushWindow): Backlog {
  /** Sorted by due time; deliveries of the same time in the order they came. */
  const waiting: Delivery[] = [];
  /** In the order of their deadlines, as all have the same time. */
  const inFlight = new Map<string, { delivery: Delivery; deadline: number }>();
  let width = window.initial;
  let count = 0;

  const end = (id: string, ok: boolean): Delivery | undefined => {
    const flight = inFlight.get(id);
    if (!flight) return undefined;
    inFlight.delete(id);
    width = ok ? Math.min(width * 2, window.max) : Math.max(1, Math.floor(width / 2));
    return flight.delivery;
  };
  /** What may be pushed, of those that wait: of an ordering key only the oldest, and none while one is in flight. */
  const free = (): readonly Delivery[] => {
    if (!subscription.ordered) return waiting;
    const busy = new Set([...inFlight.values()].map(({ delivery }) => keyOf(delivery)));
    const first = new Map<string, number>();
    for (const delivery of waiting) {
      const key = keyOf(delivery);
      first.set(key, Math.min(first.get(key) ?? Infinity, Number(delivery.message.id)));
    }
    return waiting.filter((delivery) => {
      const key = keyOf(delivery);
      if (key === '') return true;
      return !busy.has(key) && first.get(key) === Number(delivery.message.id);
    });
  };
  const expire = (now: number): Delivery[] => {
    const late = [...inFlight].filter(([, { deadline }]) => deadline <= now);
    for (const [id] of late) end(id, false);
    return late.map(([, { delivery }]) => delivery);
  };

  const takeAny = (now: number, room: number, pick: (count: number) => number): Delivery[] => {
    const chosen: Delivery[] = [];
    for (let left = placeOf(waiting, now); left > 0 && chosen.length < room; left -= 1)
      chosen.push(...waiting.splice(pick(left), 1));
    return chosen;
  };
  const takeOrdered = (now: number, room: number): Delivery[] => {
    const keys = new Set<string>();
    const chosen = free()
      .filter((delivery) => delivery.due <= now)
      .filter((delivery) => {
        const key = keyOf(delivery);
        // A message that is to be pushed twice is the oldest twice.
        if (key !== '' && keys.has(key)) return false;
        keys.add(key);
        return true;
      })
      .slice(0, room);
    for (const delivery of chosen) waiting.splice(waiting.indexOf(delivery), 1);
    return chosen;
  };

  return {
    subscription,
    add: (delivery) => void waiting.splice(placeOf(waiting, delivery.due), 0, delivery),
    nextDue: () => {
      const [oldest] = inFlight.values();
      const [first] = free();
      const start = inFlight.size < width ? first?.due : undefined;
      return Math.min(oldest?.deadline ?? Infinity, start ?? Infinity);
    },
    take: (now, pick) => {
      const expired = expire(now);
      const room = Math.max(0, width - inFlight.size);
      const chosen = subscription.ordered ? takeOrdered(now, room) : takeAny(now, room, pick);
      const deadline = now + subscription.ackDeadlineSeconds * 1000;
      const started = chosen.map((delivery) => {
        count += 1;
        const id = `${subscription.name}#${count}`;
        inFlight.set(id, { delivery, deadline });
        return { id, delivery };
      });
      return { started, expired };
    },
    settle: end,
  };
}

/** The key whose messages keep their order; empty: it has none. */
function keyOf({ message }: Delivery): string {
  return message.orderingKey ?? '';
}

/** The index after all deliveries that are due by `due`. New ones mostly go to the end. */
function placeOf(sorted: readonly Delivery[], due: number): number {
  const last = sorted.at(-1);
  if (!last || last.due <= due) return sorted.length;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at && at.due <= due) low = middle + 1;
    else high = middle;
  }
  return low;
}
