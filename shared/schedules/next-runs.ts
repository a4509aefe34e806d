import { occurrences } from './occurrences.ts';
import type { Schedule } from './schedule.ts';

/**
 * The next `count` minutes after `from` (ms since the epoch) at which a schedule is due; fewer when its pattern has no more.
 * A run starts up to `schedule.jitter` seconds after its minute.
 */
export function nextRuns(
  schedule: Pick<Schedule, 'cron' | 'timezone'>,
  from: number,
  count: number,
): Date[] {
  const runs: Date[] = [];
  if (count < 1) return runs;
  for (const minute of occurrences(schedule, from)) {
    runs.push(new Date(minute));
    if (runs.length >= count) break;
  }
  return runs;
}
