import type { Chance } from '../sim/random.ts';
import type { Herd, Worker } from './herd.ts';

/** A delivery to come. */
export interface Arrival {
  /** Ms from the beginning. */
  at: number;
  worker: Worker;
}

/**
 * What each hour of a day gets of its traffic, relative to others: people push from nine to six, and robots at night. The
 * busiest hour has some three times the mean of the night.
 */
const dayShape = [
  3, 2, 2, 2, 2, 3, 4, 5, 7, 9, 10, 10, 8, 9, 10, 10, 9, 8, 6, 5, 4, 4, 3, 3,
] as const;
const hourMs = 3_600_000;
const busiest = Math.max(...dayShape);

/** `runs` deliveries over `hours`, in their order. */
export function dayOf(herd: Herd, runs: number, hours: number, chance: Chance): Arrival[] {
  const total = herd.workers.reduce((sum, { weight }) => sum + weight, 0);
  const pick = (): Worker => {
    let left = chance.fraction() * total;
    for (const worker of herd.workers) {
      left -= worker.weight;
      if (left < 0) return worker;
    }
    return herd.workers[0];
  };
  const arrivals: Arrival[] = [];
  while (arrivals.length < runs) {
    const at = chance.fraction() * hours * hourMs;
    const weight = dayShape[Math.floor((at / (hours * hourMs)) * dayShape.length)] ?? 0;
    if (chance.happens(weight / busiest)) arrivals.push({ at: Math.floor(at), worker: pick() });
  }
  return arrivals.sort((a, b) => a.at - b.at);
}

/** `count` deliveries to the first agent within a second. */
export function burstOf({ workers: [worker] }: Herd, count: number): Arrival[] {
  return Array.from({ length: count }, (_, index) => ({
    at: Math.floor((index * 1_000) / count),
    worker,
  }));
}
