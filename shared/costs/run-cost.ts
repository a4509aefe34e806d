import type { Run } from '../runs/run.ts';
import { priceOf } from './operations.ts';
import {
  dollars,
  jobSecond,
  pricesOf,
  shortestTaskSeconds,
  taskStepSeconds,
  tierOf,
} from './prices.ts';
import { runOperations } from './run-operations.ts';

/** What the container of a run has, and where it runs. */
export type Resources = {
  /** CPUs, as Cloud Run spells them. */
  cpus: string;
  /** Kubernetes quantity, `512Mi` or `4Gi`. */
  memory: string;
  /** Region of Cloud Run; absent where nobody knew it. */
  region?: string;
};

/** What a run has cost, estimated at its end, in US dollars without free tiers and discounts. */
export type RunCost = {
  /** Its container. */
  compute: number;
  /** What Drover asked of Google for it, with its log as far as that had come. */
  controlPlane: number;
  /** Its models, by its own account; follows that also after the end. */
  models: number;
  /** The three together. */
  total: number;
  /** The day of its agent in whose sums it stands, in the project's time zone; null: in none, because it never got a slot. */
  day: string | null;
  /** The date of the prices that it was reckoned with. */
  prices: string;
};

/** How a run has ended, as far as money is concerned. */
export interface Ended {
  /** Seconds that its container ran. */
  seconds: number;
  /** Chunks of its log that are known by then. */
  chunks: number;
  /** See {@link RunCost.day}. */
  day: string | null;
}

/** What a run has cost that ends now: the entry that tells of it is not yet among its events. */
export function costOf(run: Run, { seconds, chunks, day }: Ended): RunCost {
  const launches = run.secretHashes.length;
  const operations = runOperations({ ...run, events: run.events + 1, launches, seconds, chunks });
  const cost = {
    compute: dollars(computeCost(run.resources ?? null, seconds)),
    controlPlane: priceOf(operations, tierOf(run.resources?.region)),
    models: dollars(run.usage?.cost ?? 0),
  };
  return { ...cost, total: totalOf(cost), day, prices: pricesOf };
}

/** The same cost with what the models of the run have come to since, in US dollars. */
export function withModels(cost: RunCost, models: number): RunCost {
  const known = { ...cost, models: dollars(models) };
  return { ...known, total: totalOf(known) };
}

/** The total of a cost's parts. */
export function totalOf({
  compute,
  controlPlane,
  models,
}: Pick<RunCost, 'compute' | 'controlPlane' | 'models'>): number {
  return dollars(compute + controlPlane + models);
}

/**
 * What a container costs that ran for `seconds`, in US dollars; nothing if it never ran.
 *
 * @param resources Null: nobody knows them, of a run that was admitted by an older Drover. Then the container counts as nothing.
 */
export function computeCost(resources: Resources | null, seconds: number): number {
  if (resources === null || !(seconds > 0)) return 0;
  const { cpu, memory } = jobSecond[tierOf(resources.region)];
  const steps = Math.ceil(Math.round((seconds / taskStepSeconds) * 1e6) / 1e6);
  const billed = Math.max(shortestTaskSeconds, steps * taskStepSeconds);
  return billed * (cpu * Number(resources.cpus) + memory * gibibytes(resources.memory));
}

/** A quantity of memory in GiB. A release has it as `Mi` or `Gi`, and nothing else. */
function gibibytes(quantity: string): number {
  const size = Number.parseFloat(quantity);
  return quantity.endsWith('Mi') ? size / 1_024 : size;
}
