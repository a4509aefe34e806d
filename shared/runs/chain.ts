import type { Document, Ports } from '../ports/index.ts';
import type { Reason } from './reasons.ts';
import type { Run } from './run.ts';
import type { RunState } from './states.ts';

/** Another run of the same chain, as far as a reader of this one wants to know. */
export interface Link {
  id: string;
  /** Null: it is not there any more. */
  state: RunState | null;
  reason: Reason | null;
  summary: string;
}

/** Runs of a chain that are looked at, at most, on the way back. */
const mostBefore = 10;

/**
 * The runs that a run follows on, the first one first, and the one that follows it: what the agent asked for, and the retries
 * of what failed.
 */
export async function chainOf(
  { documents }: Pick<Ports, 'documents'>,
  { data: { trigger, next } }: Document<Run>,
): Promise<{ before: Link[]; next: Link | null }> {
  const look = (id: string) => documents.get<Run>(`runs/${id}`);
  const following = next === null ? undefined : look(next);
  const before: Link[] = [];
  let id = trigger.type === 'rerun' ? trigger.of : undefined;
  while (id !== undefined && before.length < mostBefore) {
    const run: Document<Run> | undefined = await look(id);
    before.unshift(linkOf(id, run));
    id = run?.data.trigger.type === 'rerun' ? run.data.trigger.of : undefined;
  }
  return { before, next: next === null ? null : linkOf(next, await following) };
}

function linkOf(id: string, run: Document<Run> | undefined): Link {
  if (!run) return { id, state: null, reason: null, summary: 'it is not there any more' };
  const { state, reason, summary } = run.data;
  return { id, state, reason, summary };
}
