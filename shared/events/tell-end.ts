import { noticeDueAt } from '../notifications/notice.ts';
import { CloudError, type Document, type Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { runSpans } from '../runs/run-spans.ts';
import { isOver } from '../runs/states.ts';
import { allSettled } from '../settled.ts';
import { eventsOf } from './confirmed.ts';
import { tryToPublish } from './publish.ts';

/** Runs that are seen to at the same time. */
const batch = 20;

/**
 * Tells outside what is left to be told of a run that is over, and answers with the fields that say so: a run is due until all of
 * it is confirmed. What could not be told leaves it due, and no fields.
 *
 * @param run As it is after its end.
 */
export async function tellEnd(ports: Ports, run: Document<Run>): Promise<Partial<Run>> {
  return (await tryToPublish(ports, run))
    ? { published: eventsOf(run), dueAt: noticeDueAt(run.data) }
    : {};
}

/** The same for a run of which nothing else is left to do: once all is told, it is due no more. */
export async function tellLate(ports: Ports, run: Document<Run>): Promise<void> {
  const fields = await tellEnd(ports, run);
  if (Object.keys(fields).length === 0) return;
  await ports.documents.commit([{ op: 'update', path: run.path, fields }]);
}

/**
 * The same for runs that were ended in their queue just now: of those nothing is left to clean up. What fails is left to the
 * sweep, as they are due.
 */
export async function tellUnstarted(ports: Ports, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += batch) {
    await allSettled(ids.slice(at, at + batch).map((id) => tellOne(ports, id)));
  }
}

async function tellOne(ports: Ports, id: string): Promise<void> {
  try {
    const run = await ports.documents.get<Run>(`runs/${id}`);
    if (!run || !isOver(run.data.state) || run.data.dueAt === null) return;
    for (const span of runSpans(run)) ports.spans?.record(span);
    await tellLate(ports, run);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    ports.log.warn('an end is told later', { runId: id, error: error.message });
  }
}
