import { partPath } from '../deliveries/body.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { keepLonger } from '../deliveries/keep-longer.ts';
import { unlessContended } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { expiryOf, removableUntil } from './days.ts';
import { inTurns } from './in-turns.ts';

/** Deliveries that are removed at once; more are left to the next time. */
const batch = 400;
const atOnce = 4;
/** Replays of a delivery that are removed with it at once; one that has more is found again. */
const mostReplays = 400;

/**
 * Removes deliveries whose time has come, each with its body and its replays. One that a run came of is kept for as long as the
 * run: a run may wait for months behind a pause, and is told of its delivery when it starts. Answers how many are gone.
 *
 * @param mayGoOn Whether there is time for more. Default: always.
 */
export async function removeOldDeliveries(
  ports: Ports,
  mayGoOn: () => boolean = () => true,
): Promise<number> {
  const old = await ports.documents.query<Delivery>({
    collection: 'deliveries',
    where: [['expireAt', '<=', removableUntil(ports.clock.now())]],
    orderBy: [['expireAt', 'asc']],
    limit: batch,
  });
  const removed = await inTurns(old, atOnce, mayGoOn, (delivery) =>
    removeDelivery(ports, delivery),
  );
  return removed.filter(Boolean).length;
}

/** Answers whether it is gone. */
async function removeDelivery(ports: Ports, delivery: Document<Delivery>): Promise<boolean> {
  const { path, version, data } = delivery;
  const { documents, clock } = ports;
  const [[run], replays] = await Promise.all([
    documents.query({ collection: 'runs', where: [['delivery', '==', delivery.id]], limit: 1 }),
    data.replays === 0
      ? []
      : documents.query({ collection: `${path}/replays`, limit: mostReplays }),
  ]);
  if (run) {
    const writes = keepLonger(delivery, expiryOf(clock.now(), 1));
    await unlessContended(() => documents.commit(writes));
    return false;
  }
  const parts = [
    ...Array.from({ length: data.body.parts }, (_, index) => partPath(path, data.body, index)),
    ...replays.map((replay) => replay.path),
  ].map((part): Write => ({ op: 'delete', path: part }));
  const isWhole = replays.length < mostReplays;
  const last: Write[] = isWhole ? [{ op: 'delete', path, version }] : [];
  let isGone = false;
  await unlessContended(async () => {
    await documents.commit([...parts, ...last]);
    isGone = isWhole;
  });
  return isGone;
}
