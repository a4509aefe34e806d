import type { Document, Ports } from '../ports/index.ts';
import type { Run } from './run.ts';
import { slotStates } from './states.ts';

/** Most runs in flight that are looked at: as many executions as Cloud Run runs at once in a region (Cloud Run quotas page). */
export const mostInFlight = 1_000;

/** The runs that have a slot, of whatever agent, in no order; at most {@link mostInFlight}. */
export function runsInFlight({ documents }: Pick<Ports, 'documents'>): Promise<Document<Run>[]> {
  return documents.query<Run>({
    collection: 'runs',
    where: [['state', 'in', [...slotStates]]],
    limit: mostInFlight,
  });
}
