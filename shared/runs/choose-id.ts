import type { Ports } from '../ports/index.ts';
import { runIds } from './names.ts';
import type { Run } from './run.ts';

/** The id of the run with a cause, and whether that run was admitted already. */
export interface ChosenId {
  id: string;
  isTaken: boolean;
}

/**
 * Finds the id of the run with this cause: the first candidate that no other cause has taken (D3). Reads a document for each
 * candidate that it looks at; a caller that takes the first for granted finds out by its refused commit.
 */
export async function chooseRunId(
  { documents }: Pick<Ports, 'documents'>,
  agent: string,
  cause: string,
): Promise<ChosenId> {
  for (const id of runIds(agent, cause)) {
    const taken = await documents.get<Run>(`runs/${id}`);
    if (!taken) return { id, isTaken: false };
    if (taken.data.cause === cause) return { id, isTaken: true };
  }
  throw new Error(`no free run id for ${cause}`);
}
