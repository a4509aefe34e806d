import type { Document, Ports } from '../ports/index.ts';
import { type Current, currentPath, type Release } from '../projects/release.ts';
import type { Run } from '../runs/run.ts';
import { type AgentState, agentPath } from './slot-list.ts';
import { shareSlots } from './slots.ts';

/** The project's oldest queued runs that sharing looks at. */
const longestQueue = 100;

export interface ProjectShares {
  /** The project's slots as they were read: whoever takes one writes them. */
  project: Document<Current>;
  /** How many each agent may take. */
  shares: Map<string, number>;
  /** How many any agent may take beyond that: what is left where the queue is longer than what was looked at. */
  spare: number;
}

/** How the project's free slots are shared now, or undefined when the release sets no limit. Two sequential round trips. */
export async function projectShares(
  ports: Pick<Ports, 'documents'>,
  release: Release,
): Promise<ProjectShares | undefined> {
  if (release.scale === null) return undefined;
  const [project, queued] = await Promise.all([
    ports.documents.get<Current>(currentPath),
    ports.documents.query<Run>({
      collection: 'runs',
      where: [['state', 'in', ['queued']]],
      orderBy: [['admittedAt', 'asc']],
      limit: longestQueue,
    }),
  ]);
  if (!project) return undefined;
  const queue = queued.map(({ data }) => data.agent);
  const agentFree = await Promise.all(
    [...new Set(queue)].map(async (agent): Promise<[string, number]> => {
      const state = await ports.documents.get<AgentState>(agentPath(agent));
      const scale = scaleOf(release, agent);
      return [agent, Math.max(0, scale - (state?.data.inFlight.length ?? 0))];
    }),
  );
  const free = Math.max(0, release.scale - project.data.inFlight.length);
  const shares = shareSlots({ free, queue, agentFree: Object.fromEntries(agentFree) });
  const shared = [...shares.values()].reduce((sum, share) => sum + share, 0);
  return { project, shares, spare: queue.length < longestQueue ? 0 : free - shared };
}

/** An agent that the release no longer has works off its queue one by one. */
export function scaleOf(release: Release, agent: string): number {
  return release.agents[agent]?.scale ?? 1;
}
