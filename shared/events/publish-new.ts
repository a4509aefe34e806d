import { unlessContended } from '../optimistic.ts';
import { CloudError, type Document, type Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { confirmed } from './confirmed.ts';
import { tryToPublish } from './publish.ts';

/** Events that may be published without the document's knowing: they are published again where an instance has forgotten. */
const mostUnrecorded = 20;

/**
 * Publishes what is new of a run that goes on. Who changed it does not: `gateway` and `logs` answer somebody who waits. Its
 * document learns of it with its end; of a run that says much, with a write of its own every so often.
 */
export async function publishNew(ports: Ports, run: Document<Run>): Promise<void> {
  await tryToPublish(ports, run);
  const published = confirmed(ports, run);
  if (published - (run.data.published ?? 0) < mostUnrecorded) return;
  const { path, version } = run;
  try {
    await unlessContended(() =>
      ports.documents.commit([{ op: 'update', path, version, fields: { published } }]),
    );
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    ports.log.warn('what was published is recorded later', { runId: run.id, error: error.message });
  }
}
