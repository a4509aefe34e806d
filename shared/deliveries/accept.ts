import { optimistically } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { admission } from '../runs/admit.ts';
import { causeOf, runIds } from '../runs/names.ts';
import { expiryOf, type Run } from '../runs/run.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { matchAgents } from '../webhooks/match.ts';
import { isKeptAhead, keepBody } from './body.ts';
import {
  type Delivery,
  deliveryKey,
  describe,
  eventName,
  type Incoming,
  lookAgain,
} from './delivery.ts';

export interface Acceptance {
  /** Id of the delivery document. */
  delivery: string;
  /** Whether this delivery had produced runs before; nothing was done this time. */
  duplicate: boolean;
  /** Run id by agent: of this delivery, whenever admitted. */
  runs: { [agent: string]: string };
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
  const path = `deliveries/${deliveryKey(incoming.source, incoming.deliveryId)}`;
  // A large body is written ahead: it would go over the one of a delivery that was here before.
  const known = isKeptAhead(incoming.body) ? await ports.documents.get<Delivery>(path) : undefined;
  const acceptance =
    known && hasRuns(known)
      ? repeated(known)
      : await admit(ports, settings, published, incoming, path);
  // Of a delivery that was here before as well: its wake-up may be what got lost.
  await Promise.all(Object.keys(acceptance.runs).map((agent) => wakeDispatch(ports, agent)));
  return acceptance;
}

async function admit(
  ports: Ports,
  settings: Settings,
  published: Published,
  incoming: Incoming,
  path: string,
): Promise<Acceptance> {
  const id = deliveryKey(incoming.source, incoming.deliveryId);
  const now = ports.clock.now();
  const expireAt = expiryOf(now);
  const { context, source } = incoming;
  const { matched, unmatched } = matchAgents(published.release.agents, source, context);
  const bodyWrites = await keepBody(ports, path, incoming.body, expireAt);

  let firstLook = true;
  return optimistically(ports, async (commit): Promise<Acceptance> => {
    const known = firstLook ? undefined : await ports.documents.get<Delivery>(path);
    if (known && hasRuns(known)) return repeated(known);
    const { runs, missing } = firstLook
      ? preferredRuns(matched, id)
      : await freeRuns(ports, matched, id);
    firstLook = false;
    const delivery = describe(published.id, incoming, { now, expireAt, runs, unmatched });
    await commit([
      known ? lookAgain(known, delivery) : { op: 'create', path, data: delivery },
      ...bodyWrites,
      ...missing.map((agent) =>
        admission(settings, {
          id: runs[agent] ?? '',
          agent,
          cause: cause(id, agent),
          release: published.id,
          configuration: configurationOf(published, agent),
          context: { ...context, receiptId: id },
          trigger: { type: 'webhook', source, delivery: id },
          why: `${eventName(context)} on ${context.repo} by ${context.sender}`,
          now,
        }),
      ),
    ]);
    return { delivery: id, duplicate: false, runs, skipped: Object.keys(unmatched).length };
  });
}

function configurationOf({ release }: Published, agent: string) {
  const { credentials = [], timeout = 0 } = release.agents[agent] ?? {};
  return { credentials, timeout };
}

function hasRuns({ data }: Document<Delivery>): boolean {
  return Object.keys(data.runs).length > 0;
}

/** The answer to a delivery that had produced runs before. */
function repeated({ id, data }: Document<Delivery>): Acceptance {
  return { delivery: id, duplicate: true, runs: data.runs, skipped: 0 };
}

function cause(delivery: string, agent: string): string {
  return causeOf('webhook', delivery, agent);
}

/** The runs of a delivery, by agent, and those of them that are still to be made. */
interface ChosenRuns {
  runs: { [agent: string]: string };
  missing: string[];
}

/** Each matched agent's run id, taking for granted that no other cause has it. */
function preferredRuns(agents: readonly string[], delivery: string): ChosenRuns {
  const runs = agents.map((agent) => [agent, runIds(agent, cause(delivery, agent))[0] ?? '']);
  return { runs: Object.fromEntries(runs), missing: [...agents] };
}

/**
 * Each matched agent's run id: the first candidate that no other cause has taken. One that this cause has already, because
 * somebody deleted the delivery, is the run of it still.
 */
async function freeRuns(
  ports: Ports,
  agents: readonly string[],
  delivery: string,
): Promise<ChosenRuns> {
  const chosen: ChosenRuns = { runs: {}, missing: [] };
  for (const agent of agents) {
    const wanted = cause(delivery, agent);
    for (const id of runIds(agent, wanted)) {
      const taken = await ports.documents.get<Run>(`runs/${id}`);
      if (taken && taken.data.cause !== wanted) continue;
      chosen.runs[agent] = id;
      if (!taken) chosen.missing.push(agent);
      break;
    }
    if (!chosen.runs[agent]) throw new Error(`no free run id for ${wanted}`);
  }
  return chosen;
}
