import type { Run } from './run.ts';
import { isOver } from './states.ts';

/** A part of a run's life. */
export interface Stage {
  /** `admitting` lasts from the receipt of its delivery; `cleaning` is the time in which its job and secrets are deleted. */
  name: 'admitting' | 'queued' | 'launching' | 'running' | 'ending' | 'cleaning';
  /** ISO time at which it begins. */
  at: string;
  /** How long it took; so far, while it lasts. */
  ms: number;
  /** Whether it lasts. */
  isOpen: boolean;
}

const order = ['queued', 'launching', 'running', 'ending'] as const;

/**
 * The parts of a run's life in order, each up to the beginning of the next: together they are all of it. Pure.
 *
 * @param received ISO time at which its delivery was received; undefined where it has none.
 * @param now Ms since the epoch.
 */
export function stagesOf(
  run: Pick<Run, 'state' | 'times' | 'cleanedAt'>,
  received: string | undefined,
  now: number,
): Stage[] {
  const { state, times, cleanedAt } = run;
  const isEnded = isOver(state);
  const begins: { name: Stage['name']; at: string | undefined }[] = [
    { name: 'admitting', at: received },
    ...order.map((name) => ({ name, at: times[name] })),
    { name: 'cleaning', at: isEnded ? times[state] : undefined },
  ];
  const begun = begins.flatMap(({ name, at }) => (at === undefined ? [] : [{ name, at }]));
  return begun.map(({ name, at }, index) => {
    const isLast = index === begun.length - 1;
    const end = isLast ? (isEnded ? cleanedAt : null) : (begun[index + 1]?.at ?? null);
    // Functions' clocks differ a little: no part of a life is shorter than nothing.
    const ms = Math.max(0, (end === null ? now : Date.parse(end)) - Date.parse(at));
    return { name, at, ms, isOpen: end === null };
  });
}
