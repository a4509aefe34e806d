import type { Document, Ports } from '../ports/index.ts';
import type { Current, Release } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { judgeQueue } from './judge-queue.ts';
import { freeSlots, keptUntil, rulesOf } from './rules.ts';
import { shareSlots } from './slots.ts';
import { keysInFlight, type ReadAgent, readAgentState, readCurrent } from './state.ts';

/** The project's oldest queued runs that sharing looks at. */
const longestQueue = 100;
/** Agents that one query names (Firestore: 30 alternatives). */
const mostNames = 30;

export interface ProjectShares {
  /** The project's slots as they were read: whoever takes one writes them. */
  project: Document<Current>;
  /** How many each agent may take. */
  shares: Map<string, number>;
  /** How many any agent may take beyond that: what is left where the queue is longer than what was looked at. */
  spare: number;
  /** The agents among which the spare ones go to whoever comes. */
  takers: string[];
}

/**
 * How the project's free slots are shared now, or undefined when the release sets no limit. A share is only for what can start:
 * an agent that is paused, has spent its budget, or whose runs wait for their time or their key keeps nobody else from a slot.
 *
 * Two sequential round trips; four where the oldest queued runs of the project leave slots to others that stand behind them.
 *
 * @param current What reads the project's state, where that is on its way already.
 */
export async function projectShares(
  ports: Pick<Ports, 'documents' | 'clock'>,
  release: Release,
  current?: ReturnType<typeof readCurrent>,
): Promise<ProjectShares | undefined> {
  if (release.scale === null) return undefined;
  const [project, oldest] = await Promise.all([current ?? readCurrent(ports), readOldest(ports)]);
  if (!project) return undefined;
  const slots = project.data.paused ? 0 : release.scale - project.data.inFlight.length;
  const free = Math.max(0, slots);
  const sharing: Sharing = { release, project: project.data, free, now: ports.clock.now() };
  const agents = await readAgents(ports, [...new Set(oldest.map(({ data }) => data.agent))]);
  const first = share(sharing, oldest, agents);
  if (first.left === 0 || oldest.length < longestQueue) {
    return { project, shares: first.shares, spare: 0, takers: [] };
  }
  return { project, ...(await shareBehind(ports, sharing, agents)) };
}

interface Sharing {
  release: Release;
  project: Current;
  free: number;
  /** Ms since the epoch. */
  now: number;
}

/** Shares the slots among the agents that can take one, however many runs of others stand before theirs. */
async function shareBehind(
  ports: Pick<Ports, 'documents'>,
  sharing: Sharing,
  seen: readonly ReadAgent[],
): Promise<Omit<ProjectShares, 'project'>> {
  const known = new Set(seen.map(({ agent }) => agent));
  const unseen = Object.keys(sharing.release.agents).filter((agent) => !known.has(agent));
  const agents = [...seen, ...(await readAgents(ports, unseen))];
  const able = agents.filter((agent) => agentFree(sharing, agent) > 0);
  const takers = able.map(({ agent }) => agent);
  const pages: Promise<Document<Run>[]>[] = [];
  for (let at = 0; at < takers.length; at += mostNames) {
    pages.push(readOldest(ports, takers.slice(at, at + mostNames)));
  }
  const read = await Promise.all(pages);
  const { shares, left } = share(sharing, read.flat().sort(byAdmission), able);
  const isWhole = read.every((page) => page.length < longestQueue);
  return { shares, spare: isWhole ? 0 : left, takers };
}

/** The oldest queued runs of the project, or of some agents, in order of admission. */
function readOldest(
  { documents }: Pick<Ports, 'documents'>,
  agents?: string[],
): Promise<Document<Run>[]> {
  return documents.query<Run>({
    collection: 'runs',
    where: [['state', 'in', ['queued']], ...(agents ? [['agent', 'in', agents] as const] : [])],
    orderBy: [['admittedAt', 'asc']],
    limit: longestQueue,
  });
}

function readAgents(ports: Pick<Ports, 'documents'>, agents: string[]): Promise<ReadAgent[]> {
  return Promise.all(agents.map((agent) => readAgentState(ports, agent)));
}

function agentFree({ release, now }: Sharing, { agent, data }: ReadAgent): number {
  return freeSlots(data, rulesOf(release, agent), now);
}

/** Shares the free slots among those runs that can start. */
function share(
  sharing: Sharing,
  read: readonly Document<Run>[],
  agents: readonly ReadAgent[],
): { shares: Map<string, number>; left: number } {
  const { release, project, free, now } = sharing;
  // The queue is read beside the slots: one that got its slot in between needs no other.
  const queue = read.filter(({ id }) => !project.inFlight.includes(id));
  const ready = agents.flatMap(({ agent, data }) => {
    const own = queue.filter((run) => run.data.agent === agent);
    const keys = Object.values(keysInFlight(data));
    const { concurrency } = rulesOf(release, agent);
    const judged = judgeQueue(own, { concurrency, keys, keptUntil: keptUntil(data, project), now });
    return judged.flatMap(({ run, standing }) => (standing === 'ready' ? [run.id] : []));
  });
  const isReady = new Set(ready);
  const shares = shareSlots({
    free,
    queue: queue.filter(({ id }) => isReady.has(id)).map((run) => run.data.agent),
    agentFree: Object.fromEntries(agents.map((one) => [one.agent, agentFree(sharing, one)])),
  });
  const shared = [...shares.values()].reduce((sum, slots) => sum + slots, 0);
  return { shares, left: free - shared };
}

function byAdmission(one: Document<Run>, other: Document<Run>): number {
  const apart = one.data.admittedAt.getTime() - other.data.admittedAt.getTime();
  return apart || (one.id < other.id ? -1 : 1);
}
