import { logLines } from '../log-lines.ts';
import type { Document, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';

/** Shorter waits are not worth a line, in ms: slots take turns. */
const shortMs = 5 * 60_000;

/**
 * Says how long the oldest of an agent's queued runs waits, of those that the sweep sees and that wait for no time of their own.
 * In a long queue each of them is seen once an hour, and some of them each minute. `now` in ms since the epoch.
 */
export function tellQueueAge(
  { log }: Pick<Ports, 'log'>,
  agent: string,
  queued: readonly Document<Run>[],
  now: number,
): void {
  const waits = queued.map(({ data: { admittedAt, notBefore } }) => {
    const from = Math.max(admittedAt.getTime(), notBefore?.getTime() ?? 0);
    return now - from;
  });
  const longest = Math.max(0, ...waits);
  if (longest < shortMs) return;
  log.info(logLines.queueWaits, { agent, seconds: Math.floor(longest / 1_000) });
}
