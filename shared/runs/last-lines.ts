import { cut } from '../json.ts';
import type { Ports } from '../ports/index.ts';
import { jobId } from './names.ts';

/** Lines of a failed run's log that its document shows, and the longest of one, in UTF-16 units (D11: it stays a page). */
const most = 5;
const longest = 500;

/**
 * What a run's containers said last: for the document of one that failed, whose log lines may still be on their way through
 * the sink. Best effort: Cloud Logging is read at most 60 times a minute, and a run ends without them when it refuses.
 */
export async function lastLines(ports: Ports, runId: string, since: number): Promise<string[]> {
  try {
    const entries = await ports.logs.last(jobId(runId), most, since);
    return entries.map(({ text }) => cut(text.toWellFormed(), longest));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ports.log.info('last lines not read', { runId, error: why });
    return [];
  }
}
