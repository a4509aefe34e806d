import type { Document } from '../ports/index.ts';
import type { Run } from './run.ts';
import { isOver } from './states.ts';

/** What may have kept a run in its queue, beside its own time. */
export interface Surroundings {
  /** Runs of its agent that were admitted before it. */
  earlier: readonly Document<Run>[];
  /** When the agent, and when the project, was last resumed after a pause. */
  resumed: { agent: Date | null; project: Date | null };
}

/** Below this, in ms, a run did not wait: its wake-up was on its way. */
const noticeableMs = 2_000;
/** Runs before it that are named. */
const mostNamed = 3;

/**
 * Why a run started when it did and not before, in sentences; empty when it started at once. It is what its own document and
 * those of the runs before it still tell: what dispatch judged then is not kept. Pure.
 *
 * @param until When it left the queue, in ms since the epoch.
 */
export function whyWaited(
  run: Document<Run>,
  until: number,
  { earlier, resumed }: Surroundings,
): string[] {
  const { admittedAt, notBefore, concurrencyKey } = run.data;
  const since = admittedAt.getTime();
  if (until - since < noticeableMs) return [];
  const isBetween = (time: Date | null): time is Date =>
    time !== null && time.getTime() > since && time.getTime() <= until;
  const overlapping = earlier.flatMap((one) => {
    const freedAt = freedAtOf(one.data);
    const launchedAt = Date.parse(one.data.times.launching ?? '');
    return launchedAt < until && freedAt > since ? [{ one, freedAt }] : [];
  });
  const ofKey = overlapping.filter(
    ({ one }) => concurrencyKey !== null && one.data.concurrencyKey === concurrencyKey,
  );
  const others = overlapping.filter((each) => !ofKey.includes(each));
  return [
    ...(isBetween(notBefore) ? [`it was not to start before ${notBefore.toISOString()}`] : []),
    ...(isBetween(resumed.agent)
      ? [`the agent was paused until ${resumed.agent.toISOString()}`]
      : []),
    ...(isBetween(resumed.project)
      ? [`the project was paused until ${resumed.project.toISOString()}`]
      : []),
    ...ofKey
      .slice(0, mostNamed)
      .map(({ one }) => `${one.id} of the same key (${concurrencyKey}) was in flight`),
    ...(others.length > 0 ? [inFlight(others, until)] : []),
  ];
}

/** Runs that had a slot while it waited, and the one whose end let it start. */
function inFlight(
  others: readonly { one: Document<Run>; freedAt: number }[],
  until: number,
): string {
  const named = others.slice(0, mostNamed).map(({ one }) => one.id);
  const more = others.length > mostNamed ? ` and ${others.length - mostNamed} more` : '';
  const [last] = others
    .filter(({ freedAt }) => freedAt <= until)
    .sort((a, b) => b.freedAt - a.freedAt);
  const freed = last ? `; ${last.one.id} ended at ${new Date(last.freedAt).toISOString()}` : '';
  return `${named.join(', ')}${more} of its agent had slots meanwhile${freed}`;
}

/** When a run gave its slot back, in ms since the epoch; never, while it has one. */
function freedAtOf({ state, times }: Run): number {
  return isOver(state) ? Date.parse(times[state] ?? '') : Number.POSITIVE_INFINITY;
}
