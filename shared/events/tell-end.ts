import { Retryable } from '../errors.ts';
import { noticeDueAt } from '../notifications/notice.ts';
import { optimistically } from '../optimistic.ts';
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
 * Tells outside what is left to be told of a run that is over and clean, and records it. What could not be told leaves it due.
 *
 * @param run As it is after its end, or since.
 */
export async function tellLate(ports: Ports, run: Document<Run>): Promise<void> {
  const isTold = run.data.published === eventsOf(run);
  // Then whoever delivers the notice says when to look again.
  if (isTold && noticeDueAt(run.data) !== null) return;
  if (await tryToPublish(ports, run)) {
    await recordDone(ports, run.path, { published: eventsOf(run) });
  }
}

/** What is done of what follows the end of a run. */
type Done = Partial<Pick<Run, 'cleanedAt' | 'published'>>;

/**
 * Records what is done of what follows the end of a run. Once its events are published only a notice keeps it due, and an account
 * of models that comes late may add one at any time: so this rests on the document as it is when it is written (D2).
 *
 * @param known The run as somebody has just seen it. Default: it is read.
 */
export async function recordDone(
  ports: Ports,
  path: string,
  done: Done,
  known?: Document<Run>,
): Promise<void> {
  let seen = known;
  await optimistically(ports, async (commit) => {
    const run = seen ?? (await ports.documents.get<Run>(path));
    seen = undefined;
    if (!run) return;
    const isTold = done.published !== undefined;
    const fields = { ...done, ...(isTold && { dueAt: noticeDueAt(run.data) }) };
    await commit([{ op: 'update', path, version: run.version, fields }]);
  });
}

/**
 * Tells outside of runs that were ended in their queue just now: of those nothing is left to clean up. What fails is left to the
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
    if (!(error instanceof CloudError || error instanceof Retryable)) throw error;
    ports.log.warn('an end is told later', { runId: id, error: error.message });
  }
}
