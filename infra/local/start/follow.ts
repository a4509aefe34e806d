import { setTimeout as sleep } from 'node:timers/promises';
import type { Documents } from '../../../shared/ports/index.ts';
import { readLog } from '../../../shared/runs/logs.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { createNarrator } from './narrate.ts';

/** Time between two looks at the run, in ms. */
const lookMs = 50;
/** Chunks of a run's log that are shown. */
const mostChunks = 100;
/** How long the log must have been silent after the run's end, in ms: its last lines arrive after the end itself. */
const silenceMs = 700;

/**
 * Prints what happens to a run, as its document tells it, until it is cleaned up and its log has nothing new, or until
 * `patienceMs` is over. Answers with the run as it was last seen.
 */
export async function followRun(
  documents: Documents,
  runId: string,
  print: (line: string) => void,
  patienceMs: number,
): Promise<Run | undefined> {
  const narrator = createNarrator();
  const giveUpAt = Date.now() + patienceMs;
  let newsAt = Date.now();
  for (;;) {
    const run = (await documents.get<Run>(`runs/${runId}`))?.data;
    if (!run) return undefined;
    const news = narrator.tell(run, await readLog({ documents }, runId, mostChunks));
    news.forEach(print);
    const now = Date.now();
    if (news.length > 0) newsAt = now;
    if (run.cleanedAt !== null && now - newsAt >= silenceMs) return run;
    if (now > giveUpAt) return run;
    await sleep(lookMs);
  }
}
