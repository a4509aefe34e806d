import type { Ports } from '../ports/index.ts';

/** Chunks of a log are counted no further than this: Firestore bills a read for each thousand. */
const most = 10_000;

/** How many chunks of its log a run has by now. What is still on its way when it ends is not among them. */
export function countChunks(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
): Promise<number> {
  return documents.count({ collection: `runs/${runId}/logs`, limit: most });
}
