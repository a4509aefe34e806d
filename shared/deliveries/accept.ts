import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Published } from '../projects/release.ts';
import { admission } from '../runs/admit.ts';
import { causeOf, runIds } from '../runs/names.ts';
import { type Run, retentionDays } from '../runs/run.ts';
import { wakeDispatch } from '../runs/wake.ts';
import type { Settings } from '../settings.ts';
import { failedFilters } from '../webhooks/match.ts';
import type { WebhookContext } from '../webhooks/provider.ts';
import { describeBody, isKeptAhead, keepBody } from './body.ts';
import { type Delivery, deliveryKey } from './delivery.ts';

/** An authenticated webhook request that is about an event. */
export interface Incoming {
  source: string;
  deliveryId: string;
  context: WebhookContext;
  body: Uint8Array;
  contentType: string;
}

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
  const id = deliveryKey(incoming.source, incoming.deliveryId);
  const path = `deliveries/${id}`;
  const now = ports.clock.now();
  const expireAt = new Date(now + retentionDays * 86_400_000);
  const matches = match(published, incoming);
  if (isKeptAhead(incoming.body)) {
    // It would go over the body of a delivery that was here before.
    const known = await ports.documents.get<Delivery>(path);
    if (known && hasRuns(known)) return repeated(known);
  }
  const bodyWrites = await keepBody(ports, path, incoming.body, expireAt);

  let firstLook = true;
  const acceptance = await optimistically(ports, async (): Promise<Acceptance> => {
    const known = firstLook ? undefined : await ports.documents.get<Delivery>(path);
    if (known && hasRuns(known)) return repeated(known);
    const runs = firstLook
      ? preferredRuns(matches.matched, id)
      : await freeRuns(ports, matches.matched, id);
    firstLook = false;
    const delivery = describe(published, incoming, {
      now,
      expireAt,
      runs,
      unmatched: matches.unmatched,
    });
    await ports.documents.commit([
      known ? lookAgain(known, delivery) : { op: 'create', path, data: delivery },
      ...bodyWrites,
      ...Object.entries(runs).map(([agent, runId]) =>
        admission(settings, {
          id: runId,
          agent,
          cause: cause(id, agent),
          release: published.id,
          context: { ...incoming.context, receiptId: id },
          trigger: { type: 'webhook', source: incoming.source, delivery: id },
          why: `${delivery.event}${delivery.action ? `.${delivery.action}` : ''} on ${delivery.repo} by ${delivery.sender}`,
          now,
        }),
      ),
    ]);
    return { delivery: id, duplicate: false, runs, skipped: Object.keys(matches.unmatched).length };
  });
  if (!acceptance.duplicate) {
    await Promise.all(Object.keys(acceptance.runs).map((agent) => wakeDispatch(ports, agent)));
  }
  return acceptance;
}

function hasRuns({ data }: Document<Delivery>): boolean {
  return Object.keys(data.runs).length > 0;
}

/** The answer to a delivery that had produced runs before. */
function repeated({ id, data }: Document<Delivery>): Acceptance {
  return { delivery: id, duplicate: true, runs: data.runs, skipped: 0 };
}

/** Which agents the delivery starts; an agent that matches by two triggers runs once. */
function match({ release }: Published, { source, context }: Incoming) {
  const matched: string[] = [];
  const unmatched: { [agent: string]: string[] } = {};
  for (const [name, agent] of Object.entries(release.agents)) {
    const why =
      agent.scale === 0
        ? ['scale: the agent is disabled']
        : whyNot(agent.webhooks, source, context);
    if (why === undefined) matched.push(name);
    else unmatched[name] = why;
  }
  return { matched, unmatched };
}

function whyNot(
  triggers: Published['release']['agents'][string]['webhooks'],
  source: string,
  context: WebhookContext,
): string[] | undefined {
  const failures = triggers
    .filter((trigger) => trigger.source === source)
    .map((trigger) => failedFilters(trigger, context));
  if (failures.some((failed) => failed.length === 0)) return undefined;
  if (failures.length === 0) return [`source: no trigger on ${source}`];
  return failures.map((failed) => failed.join('; '));
}

function cause(delivery: string, agent: string): string {
  return causeOf('webhook', delivery, agent);
}

/** Each matched agent's run id, taking for granted that no other cause has it. */
function preferredRuns(agents: readonly string[], delivery: string): { [agent: string]: string } {
  return Object.fromEntries(
    agents.map((agent) => [agent, runIds(agent, cause(delivery, agent))[0] ?? '']),
  );
}

/** Each matched agent's run id: the first candidate that no other cause has taken. */
async function freeRuns(
  ports: Ports,
  agents: readonly string[],
  delivery: string,
): Promise<{ [agent: string]: string }> {
  const free = async (agent: string): Promise<string> => {
    const wanted = cause(delivery, agent);
    for (const id of runIds(agent, wanted)) {
      const taken: Document<Run> | undefined = await ports.documents.get<Run>(`runs/${id}`);
      if (!taken || taken.data.cause === wanted) return id;
    }
    throw new Error(`no free run id for ${wanted}`);
  };
  return Object.fromEntries(
    await Promise.all(agents.map(async (agent) => [agent, await free(agent)])),
  );
}

interface Described {
  now: number;
  expireAt: Date;
  runs: { [agent: string]: string };
  unmatched: { [agent: string]: string[] };
}

function describe(published: Published, incoming: Incoming, described: Described): Delivery {
  const { context, source, deliveryId } = incoming;
  const { runs, unmatched, now, expireAt } = described;
  const started = Object.keys(runs);
  const what = context.action ? `${context.event}.${context.action}` : context.event;
  return {
    source,
    deliveryId,
    provider: context.source,
    event: context.event,
    action: context.action ?? null,
    repo: context.repo,
    sender: context.sender,
    summary:
      started.length > 0
        ? `${what} started ${started.join(', ')}`
        : `${what} matched none of ${Object.keys(unmatched).length} agents`,
    runs,
    unmatched,
    release: published.id,
    receivedAt: new Date(now),
    received: new Date(now).toISOString(),
    looks: 1,
    body: describeBody(incoming.body, incoming.contentType),
    expireAt,
  };
}

/** A delivery that produced nothing is looked at again, with the release of today. */
function lookAgain(known: Document<Delivery>, delivery: Delivery): Write {
  const { receivedAt: _at, received: _iso, ...rest } = delivery;
  return {
    op: 'update',
    path: known.path,
    version: known.version,
    fields: { ...rest, looks: known.data.looks + 1 },
  };
}
