import type { Document, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { newestQueued } from './queue.ts';

/** Queued runs that are looked through for agents which the release no longer has. */
const mostRuns = 300;

/** An agent with queued runs, and the last of them. */
export interface WaitingAgent {
  agent: string;
  last: Document<Run>;
}

/** Which agents have queued runs: those that are known, and those that the project's oldest queued runs tell of. */
export async function waitingAgents(
  ports: Pick<Ports, 'documents'>,
  known: readonly string[],
): Promise<WaitingAgent[]> {
  const oldest = await ports.documents.query<Run>({
    collection: 'runs',
    where: [['state', 'in', ['queued']]],
    orderBy: [['admittedAt', 'asc']],
    limit: mostRuns,
  });
  const agents = [...new Set([...known, ...oldest.map(({ data }) => data.agent)])];
  const found = agents.map(async (agent) => {
    const last = await newestQueued(ports, agent);
    return last ? [{ agent, last }] : [];
  });
  return (await Promise.all(found)).flat();
}
