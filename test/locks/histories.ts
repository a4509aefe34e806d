import type { Documents } from '../../shared/ports/index.ts';
import { fakeStage, fakeStart } from './fake.ts';
import { type Operation, told } from './operation.ts';
import { perform } from './perform.ts';
import { type Plan, planOf, realScale, virtualScale } from './plan.ts';
import { judge, type Verdict } from './verdict.ts';
import type { Wire } from './wire.ts';

/** A history and what the judges say of it. */
export interface Judged extends Verdict {
  plan: Plan;
  history: Operation[];
  /** Ms since the epoch. */
  start: number;
}

/** A history on the fake, or on one that is spoilt: the same seed, or the same plan, gives the same history. */
export async function judgeFake(
  plan: Plan | number,
  spoil?: (documents: Documents) => Documents,
): Promise<Judged> {
  const made = typeof plan === 'number' ? planOf(plan, virtualScale) : plan;
  const stage = await fakeStage(made.seed, spoil);
  const history = await perform(made, stage);
  return { plan: made, history, start: fakeStart, ...judge(history, fakeStart, stage.moments.all) };
}

/** A history over the wire: the seed gives what is asked, the machine gives the order. */
export async function judgeWire(wire: Wire, seed: number): Promise<Judged> {
  const plan = planOf(seed, realScale);
  const history = await perform(plan, wire.stage(`-${seed}`));
  const start = history[0]?.from.time ?? 0;
  return { plan, history, start, ...judge(history, start) };
}

/** How many histories go on at once over the wire. */
const width = 8;

/** Histories of consecutive seeds, over the wire many at a time. */
export async function* judgeSeeds(
  first: number,
  count: number,
  wire?: Wire,
): AsyncGenerator<Judged> {
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  if (!wire) {
    for (const seed of seeds) yield await judgeFake(seed);
    return;
  }
  while (seeds.length > 0) {
    yield* await Promise.all(seeds.splice(0, width).map((seed) => judgeWire(wire, seed)));
  }
}

/** Some histories in numbers. */
export interface Sums {
  histories: number;
  operations: number;
  /** Operations without an answer. */
  unanswered: number;
  /** Answers that told of a deadlock, and those that did not tell of a ring that certainly stood. */
  told: number;
  untold: number;
  violations: Judged[];
}

/** Adds up histories, and keeps those with which something is wrong. */
export async function sumOf(histories: AsyncIterable<Judged>): Promise<Sums> {
  const sums: Sums = {
    histories: 0,
    operations: 0,
    unanswered: 0,
    told: 0,
    untold: 0,
    violations: [],
  };
  for await (const judged of histories) {
    sums.histories += 1;
    sums.operations += judged.history.length;
    sums.unanswered += judged.history.filter(({ answer }) => !answer).length;
    sums.told += judged.deadlocks.told;
    sums.untold += judged.deadlocks.untold;
    if (judged.problems.length > 0) sums.violations.push(judged);
  }
  return sums;
}

/** A history for a reader, one line an operation, and what is wrong with it. */
export function story({ history, problems, start }: Judged): string[] {
  return [...history.map((operation) => told(operation, start)), ...problems];
}
