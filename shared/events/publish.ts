import { CloudError, type Document, type Ports } from '../ports/index.ts';
import { eventId } from '../runs/advance.ts';
import type { Run, RunJournalEntry } from '../runs/run.ts';
import { allSettled } from '../settled.ts';
import { confirm, confirmed, eventsOf } from './confirmed.ts';
import { admissionEvent, entryEvent, messageOf, type RunEvent } from './event.ts';

/** Events that one call publishes: each is well under the 50 KB of a page, and a request takes 10 MB. */
const batch = 100;

/**
 * Publishes what of a run is not known to be published: from the first event that nobody has confirmed to the last one of `run`,
 * each batch when the one before it is confirmed. So whoever does this, however many at once and however often one dies at it,
 * an event appears only after one with the number before it (decision 0031).
 *
 * Throws the {@link CloudError} of a call that failed; what was confirmed until then stays so.
 *
 * @param run With as many journal entries as are to be published.
 */
export async function publishEvents(
  ports: Pick<Ports, 'documents' | 'events' | 'log'>,
  run: Document<Run>,
): Promise<void> {
  const end = eventsOf(run);
  for (let from = confirmed(ports, run); from < end; ) {
    const upTo = Math.min(from + batch, end);
    const events = await readEvents(ports, run, from, upTo);
    if (events.length > 0) await ports.events.publish(run.id, events.map(messageOf));
    confirm(ports, run.id, upTo);
    from = upTo;
  }
}

/**
 * The same where nothing may come of it that this fails: the run stays due until somebody succeeds. Answers whether all of its
 * events are confirmed.
 */
export async function tryToPublish(
  ports: Pick<Ports, 'documents' | 'events' | 'log'>,
  run: Document<Run>,
): Promise<boolean> {
  try {
    await publishEvents(ports, run);
    return true;
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const { code, message } = error;
    ports.log.warn('events not published', { runId: run.id, agent: run.data.agent, code, message });
    return false;
  }
}

/** The events with numbers from `from` up to and without `upTo`. One round trip, one read each. */
async function readEvents(
  { documents, log }: Pick<Ports, 'documents' | 'log'>,
  run: Document<Run>,
  from: number,
  upTo: number,
): Promise<RunEvent[]> {
  const numbers = Array.from({ length: upTo - from }, (_, index) => from + index);
  const events = await allSettled(
    numbers.map(async (sequence) => {
      if (sequence === 0) return admissionEvent(run);
      const path = `${run.path}/events/${eventId(sequence - 1)}`;
      const entry = await documents.get<RunJournalEntry>(path);
      if (entry) return entryEvent(run, sequence, entry.data);
      // Entry and document are written by one commit: somebody has taken it away, and nobody can tell what it said.
      log.error('a journal entry is gone', { runId: run.id, path });
      return undefined;
    }),
  );
  return events.filter((event) => event !== undefined);
}
