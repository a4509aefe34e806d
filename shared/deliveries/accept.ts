import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { deliveryExpiryOf, keptDays } from '../retention/days.ts';
import { causeOf } from '../runs/names.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { type Match, matchAgents } from '../webhooks/match.ts';
import { type BodyDescription, describeBody, isKeptAhead, keepBody } from './body.ts';
import {
  type Delivery,
  describe,
  type Incoming,
  lookAgain,
  occasion,
  type RunsByAgent,
} from './delivery.ts';
import { bytesKey, deliveryKey, deliveryPath } from './names.ts';
import { claim, claimNew } from './repeat.ts';
import { admissions, freeRuns, preferredRuns } from './started-runs.ts';

export interface Acceptance {
  /** Id of the delivery document. */
  delivery: string;
  /** Whether this delivery had produced runs before; nothing was done this time. */
  duplicate: boolean;
  /** Run id by agent: of this delivery, whenever admitted. */
  runs: RunsByAgent;
  /** Number of agents that were asked and did not match. */
  skipped: number;
}

/**
 * Admits the runs that a delivery asks for, in ONE commit with the delivery itself (D1), then wakes their agents. The first
 * look reads nothing: names are the idempotency (D3), so a delivery that was here before is found by the refused commit.
 */
export async function accept(
  ports: Ports,
  settings: Settings,
  published: Published,
  incoming: Incoming,
): Promise<Acceptance> {
  const { sources, context, payload } = incoming;
  const match = await matchAgents(published.release.agents, sources, { context, payload });
  const acceptance = await admit(ports, settings, published, incoming, match);
  // Of a delivery that was here before as well: its wake-up may be what got lost.
  await Promise.all(Object.keys(acceptance.runs).map((agent) => wakeDispatch(ports, agent)));
  return acceptance;
}

async function admit(
  ports: Ports,
  settings: Settings,
  published: Published,
  incoming: Incoming,
  { matched, unmatched }: Match,
): Promise<Acceptance> {
  const { context } = incoming;
  const [source = ''] = incoming.sources;
  const now = ports.clock.now();
  const expireAt = deliveryExpiryOf(now, keptDays(published.release));
  const body = describeBody(incoming.body, incoming.contentType);

  // A large body is written ahead, once, and only of a delivery that is not known to have produced runs.
  let isFirstLook = !isKeptAhead(body);
  let keptAheadAt = '';
  return optimistically(ports, async (commit): Promise<Acceptance> => {
    const place = isFirstLook
      ? placeOfNew(incoming, source, body, now)
      : await findPlace(ports, incoming, source, body, now);
    const { id, path, known } = place;
    if (known?.data.outcome === 'ran') return repeated(known);
    const cause = (agent: string): string => causeOf('webhook', id, agent);
    const started = isFirstLook
      ? preferredRuns(matched, cause)
      : await freeRuns(ports, matched, cause);
    isFirstLook = false;
    const bodyWrites =
      keptAheadAt === path ? [] : await keepBody(ports, path, incoming.body, body, expireAt);
    if (bodyWrites.length === 0) keptAheadAt = path;
    const { runs } = started;
    const delivery = describe(incoming, body, {
      id,
      now,
      expireAt,
      release: published.id,
      runs,
      unmatched,
    });
    await commit([
      known ? lookAgain(known, delivery) : { op: 'create', path, data: delivery },
      ...place.writes,
      ...bodyWrites,
      ...admissions(settings, published, started, {
        delivery: id,
        context,
        trigger: { type: 'webhook', source, delivery: id },
        causeOf: cause,
        why: occasion(context),
        asker: incoming.asker,
        now,
      }),
    ]);
    return { delivery: id, duplicate: false, runs, skipped: Object.keys(unmatched).length };
  });
}

/** Where a delivery stands, or will. */
interface Place {
  id: string;
  path: string;
  known: Document<Delivery> | undefined;
  /** What must be written with it. */
  writes: Write[];
}

/** The place of a delivery that is taken for new; the commit is refused if it is not. */
function placeOfNew(
  { deliveryId }: Incoming,
  source: string,
  { sha256 }: BodyDescription,
  now: number,
): Place {
  if (deliveryId !== null) return place(deliveryKey(source, deliveryId));
  const { delivery, write } = claimNew(source, sha256, bytesKey(source, sha256, now), now);
  return place(delivery, [write]);
}

/** The place of a delivery that may have been here before. Reads one document, or two when its sender has no ids. */
async function findPlace(
  ports: Ports,
  { deliveryId }: Incoming,
  source: string,
  { sha256 }: BodyDescription,
  now: number,
): Promise<Place> {
  const { delivery, write } =
    deliveryId === null
      ? await claim(ports, source, sha256, bytesKey(source, sha256, now), now)
      : { delivery: deliveryKey(source, deliveryId), write: undefined };
  const known = await ports.documents.get<Delivery>(deliveryPath(delivery));
  return { ...place(delivery, write && [write]), known };
}

function place(id: string, writes: Write[] = []): Place {
  return { id, path: deliveryPath(id), known: undefined, writes };
}

/** The answer to a delivery that had produced runs before, at receipt or by a replay. */
function repeated({ id, data }: Document<Delivery>): Acceptance {
  return { delivery: id, duplicate: true, runs: { ...data.replayed, ...data.runs }, skipped: 0 };
}
