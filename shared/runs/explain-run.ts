import { readQueue } from '../agents/queue.ts';
import { readAgentState, readCurrent } from '../agents/state.ts';
import { whyWaiting } from '../agents/waiting.ts';
import { type Delivery, occasion } from '../deliveries/delivery.ts';
import { findDelivery } from '../deliveries/read.ts';
import type { Lock } from '../locks/lock.ts';
import { locksOf } from '../locks/release-all.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { chainOf, type Link } from './chain.ts';
import { listRuns } from './list.ts';
import type { Run } from './run.ts';
import { type Stage, stagesOf } from './stages.ts';
import { isOver } from './states.ts';
import { deliveryOf } from './trigger.ts';
import { whyWaited } from './waited.ts';
import { whyAgent } from './why-agent.ts';

/** Everything that is to be known about one run, put together for a reader. */
export interface RunExplanation {
  run: Document<Run>;
  /** What it goes back to; null where no delivery has to do with it, or it is not there any more. */
  delivery: { id: string; what: string; received: string } | null;
  /** Why it is this agent that runs, in sentences. */
  whyAgent: string[];
  /** Why it runs now, or why not yet, in sentences; empty when it started as soon as it was admitted. */
  whyNow: string[];
  stages: Stage[];
  /** Launches that did not get through and other changes on the way that nobody planned. */
  retries: { at: string; why: string }[];
  /** The runs before it in its chain of reruns and retries, the first one first, and the one that follows. */
  before: Link[];
  next: Link | null;
  locks: { key: string; fence: number; until: Date }[];
}

/** Runs before this one that are asked whether they kept it waiting. */
const mostEarlier = 50;

/** Explains a run: what it goes back to, why it ran when it did, how long each part took, and what went wrong on the way. */
export async function explainRun(
  ports: Pick<Ports, 'documents' | 'clock'>,
  releases: Releases,
  run: Document<Run>,
): Promise<RunExplanation> {
  const { data } = run;
  const deliveryId = deliveryOf(data.trigger);
  const [delivery, whyNow, chain, locks] = await Promise.all([
    deliveryId === undefined ? undefined : findDelivery(ports, deliveryId),
    whyNowOf(ports, releases, run),
    chainOf(ports, run),
    isOver(data.state) ? [] : locksOf(ports, run.id),
  ]);
  return {
    run,
    delivery: delivery ? described(delivery) : null,
    whyAgent: await whyAgent(ports, releases, run, delivery),
    whyNow,
    stages: stagesOf(data, receivedFor(data, delivery), ports.clock.now()),
    retries: data.timeline.slice(1).flatMap((entry, index) => {
      const isAgain = entry.state === 'launching' && data.timeline[index]?.state === 'launching';
      return isAgain ? [{ at: entry.at, why: entry.why }] : [];
    }),
    ...chain,
    locks: locks.flatMap((lock) => heldAt(lock, ports.clock.now())),
  };
}

function described({ id, data }: Document<Delivery>) {
  return { id, what: occasion(data.context), received: data.received };
}

/** When the delivery of a run was received: of a replay or a rerun, that has nothing to do with how long it took. */
function receivedFor({ trigger }: Run, delivery: Document<Delivery> | undefined) {
  return trigger.type === 'webhook' ? delivery?.data.received : undefined;
}

function heldAt({ data: { key, fence, until } }: Document<Lock>, now: number) {
  return until.getTime() > now ? [{ key, fence, until }] : [];
}

async function whyNowOf(
  ports: Pick<Ports, 'documents' | 'clock'>,
  releases: Releases,
  run: Document<Run>,
): Promise<string[]> {
  const { agent, state, times, admittedAt } = run.data;
  if (state === 'queued') return whyQueued(ports, releases, run);
  const launchedAt = Date.parse(times.launching ?? '');
  // It never left its queue: why it ended says it.
  if (Number.isNaN(launchedAt)) return [];
  const [earlier, own, project] = await Promise.all([
    listRuns(ports, { agent }, mostEarlier, { at: admittedAt.getTime(), id: run.id }),
    readAgentState(ports, agent),
    readCurrent(ports),
  ]);
  return whyWaited(run, launchedAt, {
    earlier: earlier.documents,
    resumed: { agent: own.data.resumedAt, project: project?.data.resumedAt ?? null },
  });
}

/** Why it waits, and how many of its agent's runs wait before it. */
async function whyQueued(
  ports: Pick<Ports, 'documents' | 'clock'>,
  releases: Releases,
  { id, data: { agent, notBefore } }: Document<Run>,
): Promise<string[]> {
  const published = await releases.current();
  const [waiting, { runs }] = await Promise.all([
    published ? whyWaiting(ports, published, agent) : [],
    readQueue(ports, agent),
  ]);
  const place = runs.findIndex((one) => one.id === id);
  const ahead = place < 0 ? `at least ${runs.length}` : String(place);
  const isEarly = notBefore !== null && notBefore.getTime() > ports.clock.now();
  return [
    ...waiting.flatMap(({ reason, text }) => (isEarly && reason === 'not_before' ? [] : [text])),
    ...(isEarly ? [`it is not to start before ${notBefore.toISOString()}`] : []),
    ...(place === 0
      ? []
      : [`${ahead} of its agent's runs were admitted before it and wait as well`]),
  ];
}
