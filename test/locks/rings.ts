import {
  certainHolds,
  certainWaits,
  type Edge,
  isRefusal,
  possibleHolds,
  possibleWaits,
  shortestWaitMs,
} from './edges.ts';
import { type Operation, told } from './operation.ts';

/** How often each run of a ring may ask for what it waits for, from the ring's closing on, before it must be told. */
export const mostAsks = 2;

/** What a history says of deadlocks, judged by who may have held and wanted what, and who certainly did. */
export interface Rings {
  /** How many answers told of one. */
  told: number;
  /** Answers that tell of a ring which cannot have stood, all of it, at one time between question and answer. */
  untrue: Operation[];
  /** Answers that did not tell of a ring that certainly stood from question to answer. */
  untold: Operation[];
  /** Those of them after which the run had asked too often in vain. */
  missed: Operation[];
  /** Answers with which a ring was certainly closed, and none of its runs had been told. */
  unseen: Operation[];
}

/**
 * The wait graph has an edge from each run that waits for a key to the run that holds that key. It spans keys and runs, so that
 * no lock can be judged by itself; and nobody outside sees all of it at one time. So there are two of them: the edges that may
 * have been there, of which a ring that is told of must be made; and those that were certainly there: a ring of these must be told.
 */
export function judgeRings(history: readonly Operation[]): Rings {
  const times = timesOf(history);
  const possible = { holds: possibleHolds(history), waits: possibleWaits(history) };
  const certain = { holds: certainHolds(history), waits: certainWaits(history) };
  const deadlocks = history.filter(({ answer }) => answer?.outcome === 'deadlock');
  const refusals = history.filter(
    ({ answer, ask }) => answer?.outcome === 'held' && ask.verb === 'acquire',
  );
  const untold = refusals.flatMap((operation) => {
    const ring = ringOf(operation, certain, times, operation.from.order);
    return ring ? [{ operation, keys: keysOf(ring) }] : [];
  });
  return {
    told: deadlocks.length,
    untrue: deadlocks.filter((operation) => !stood(operation, possible, times)),
    untold: untold.map(({ operation }) => operation),
    missed: untold.flatMap(({ operation, keys }) => {
      const asks = untold.filter(
        (other) =>
          other.keys === keys &&
          other.operation.run === operation.run &&
          other.operation.from.order <= operation.from.order,
      );
      return asks.length >= mostAsks ? [operation] : [];
    }),
    unseen: refusals.filter((operation) => isUnseen(operation, certain, times, deadlocks)),
  };
}

interface Graph {
  holds: readonly Edge[];
  waits: readonly Edge[];
}

/** The time at each place of a history's order. */
function timesOf(history: readonly Operation[]): Map<number, number> {
  const instants = history.flatMap(({ from, to }) => (to ? [from, to] : [from]));
  return new Map(instants.map(({ order, time }) => [order, time]));
}

/** Whether there is a time between question and answer at which each edge of the ring that is told of may have been there. */
function stood({ run, answer, from, to }: Operation, graph: Graph, times: Map<number, number>) {
  if (answer?.outcome !== 'deadlock' || !to) return false;
  const { cycle } = answer;
  if (cycle[0] !== run || cycle.length < 4 || cycle.length % 2 !== 0) return false;
  const places = [...times.keys()].filter((place) => from.order <= place && place < to.order);
  return places.some((place) =>
    cycle.every((name, index) => {
      const next = cycle[(index + 1) % cycle.length] ?? '';
      // Whoever asks waits by asking.
      if (index === 0) return true;
      return index % 2 === 1
        ? graph.holds.some((edge) => covers(edge, next, name, place, times))
        : graph.waits.some((edge) => covers(edge, name, next, place, times));
    }),
  );
}

/** Whether an edge may be there at some time between this place and the next. */
function covers(edge: Edge, run: string, key: string, place: number, times: Map<number, number>) {
  if (edge.run !== run || edge.key !== key) return false;
  return edge.from <= place && place < edge.to && (times.get(place) ?? 0) < edge.untilTime;
}

/** The edges of the ring that a run closes by asking, all of which stood from this place to the answer; undefined: no ring. */
function ringOf(
  { run, key, to }: Operation,
  { holds, waits }: Graph,
  times: Map<number, number>,
  since: number,
): Edge[] | undefined {
  const end = to?.order ?? 0;
  const lasts = (edge: Edge): boolean =>
    edge.from < since && end < edge.to && (times.get(end) ?? 0) < edge.untilTime;
  const ring: Edge[] = [];
  // Whoever waits for a key may have got it and given it back, unless another has had it since before it asked.
  for (let [wanted, asked] = [key ?? '', since]; ; ) {
    const hold = holds.find((edge) => edge.key === wanted && edge.from < asked && lasts(edge));
    if (!hold || ring.includes(hold)) return undefined;
    ring.push(hold);
    if (hold.run === run) return ring.length === 1 ? undefined : ring;
    const wait = waits.findLast((edge) => edge.run === hold.run && lasts(edge));
    if (!wait) return undefined;
    ring.push(wait);
    [wanted, asked] = [wait.key, wait.operation.from.order];
  }
}

function keysOf(ring: readonly Edge[]): string {
  return [...new Set(ring.map(({ key }) => key))].sort().join(' ');
}

/**
 * Whether all runs of a ring were refused what they want, the last with this answer, and none of them was told. Whoever waits is
 * known to wait before it looks for a ring; so the one that looked last saw all of it, if everybody held before anybody looked.
 */
function isUnseen(
  operation: Operation,
  graph: Graph,
  times: Map<number, number>,
  deadlocks: readonly Operation[],
): boolean {
  const end = operation.to?.order ?? 0;
  const ring = ringOf(operation, graph, times, end);
  // An answer that took longer than a wait lasts may be about one that was over.
  const isSlow = (times.get(end) ?? 0) >= operation.from.time + shortestWaitMs;
  if (!ring || isSlow) return false;
  const waits = ring.filter(({ operation: { answer } }) => isRefusal(answer));
  const asked = [operation, ...waits.map((edge) => edge.operation)].map(({ from }) => from.order);
  const holds = ring.filter((edge) => !waits.includes(edge));
  if (holds.some(({ from }) => from > Math.min(...asked))) return false;
  return !deadlocks.some(({ key, run, to }) => {
    const isTold = holds.some((edge) => edge.key === key) && holds.some((edge) => edge.run === run);
    return isTold && (to?.order ?? 0) < end;
  });
}

/** What is wrong with what a history says of deadlocks. */
export function ringProblems({ untrue, missed, unseen }: Rings, start: number): string[] {
  return [
    ...untrue.map((operation) => `a ring that cannot have been: ${told(operation, start)}`),
    ...missed.map((operation) => `a ring that was not told: ${told(operation, start)}`),
    ...unseen.map((operation) => `a ring that nobody was told of: ${told(operation, start)}`),
  ];
}
