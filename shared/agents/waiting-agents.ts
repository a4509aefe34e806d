import type { Document, Ports, Write } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { newestQueued } from './queue.ts';

/** Queued runs that are looked through for agents which the release no longer has. */
const mostRuns = 300;
/** Runs that one commit makes due: one an agent, with room in its 500 writes (Firestore quotas page). */
const mostDue = 400;

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

/**
 * What lets queued runs go is its own outbox (D1): the last run of each queue becomes due in its commit, and the sweep wakes the
 * agent until even that one has left the queue. The others were put off for long. `at` in ms since the epoch.
 */
export function makeOneDue(agents: readonly WaitingAgent[], at: number): Write[] {
  return agents.slice(0, mostDue).map(({ last }) => makeDue(last, at));
}

/** Makes a run due at `at`, in ms since the epoch. */
export function makeDue({ path, version, data }: Document<Run>, at: number): Write {
  // A write of what is there already leaves the version as it was, and a sweep that still saw the hindrance would put the run off.
  const dueAt = new Date(data.dueAt?.getTime() === at ? at - 1 : at);
  return { op: 'update', path, version, fields: { dueAt } };
}
