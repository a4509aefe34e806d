import { googleQuotas } from '../../infra/local/engines/run/index.ts';
import { googleSecretQuotas } from '../../infra/local/engines/secrets/index.ts';
import type { Lived, Minute } from './live.ts';
import { emptyTally, operations, since, type Tally, tallied } from './meter.ts';

/** Most dispatches of one queue of Cloud Tasks a second (Cloud Tasks quotas page). */
const dispatchesPerSecond = 500;

/** How a quota was used. */
export interface Use {
  what: string;
  limit: number;
  /** The busiest minute, and the mean of the minutes at whose beginning and end runs waited for nothing but the pace. */
  most: number;
  whileWaiting: number;
  refusals: number;
}

/** How busy each of Google's quotas was; `writesPerMinute` is Cloud Run's. */
export function uses({ minutes }: Pick<Lived, 'minutes'>, writesPerMinute: number): Use[] {
  const waited = minutes.filter(
    (minute, index) => minute.ready > 0 && (minutes[index - 1]?.ready ?? 0) > 0,
  );
  const use = (
    what: string,
    limit: number,
    of: (minute: Minute) => number,
    refusals: (minute: Minute) => number = () => 0,
  ): Use => ({
    what,
    limit,
    most: Math.max(0, ...minutes.map(of)),
    whileWaiting: waited.length === 0 ? 0 : sum(waited, of) / waited.length,
    refusals: sum(minutes, refusals),
  });
  return [
    use(
      'Cloud Run admin writes a minute',
      writesPerMinute,
      ({ asked }) => asked.jobWrites,
      ({ asked }) => asked.jobRefusals,
    ),
    use('Cloud Run reads a minute', googleQuotas.readsPerMinute, ({ asked }) => asked.jobReads),
    use('executions at a time', googleQuotas.runningExecutions, ({ running }) => running),
    use(
      'Secret Manager writes a minute',
      googleSecretQuotas.writesPerMinute,
      ({ asked }) => asked.secretWrites,
      ({ asked }) => asked.secretRefusals,
    ),
    use('tasks a minute, one queue', dispatchesPerSecond * 60, ({ asked }) => asked.tasks),
  ];
}

/** Calls and documents of Firestore a run, over some minutes. */
export interface Cost {
  runs: number;
  operations: number;
  documentsRead: number;
  writes: number;
  tasks: number;
}

/** With `ticks`, what the ticks ask for is divided among the runs as well. */
export function costOf(minutes: readonly Minute[], { ticks }: { ticks: boolean }): Cost {
  const all = totalOf(minutes.map((minute) => minute.asked));
  const asked = ticks ? all : since(totalOf(minutes.map((minute) => minute.tick)), all);
  const runs = sum(minutes, ({ over }) => over);
  const each = (count: number): number => count / Math.max(1, runs);
  return {
    runs,
    operations: each(operations(asked)),
    documentsRead: each(asked.documentsRead),
    writes: each(asked.writes),
    tasks: each(asked.tasks),
  };
}

/** What the ticks read, over some minutes, in the mean and at most: documents a tick. */
export function tickReads(minutes: readonly Minute[]): { mean: number; most: number } {
  const reads = minutes.map(({ tick }) => tick.documentsRead);
  return {
    mean: sum(reads, (read) => read) / Math.max(1, reads.length),
    most: Math.max(0, ...reads),
  };
}

export function tellMinute(minute: Minute): string {
  const { number, queued, launching, running, unclean, asked } = minute;
  return `${duration(number + 1)}: ${queued} queued, ${launching} launching, ${running} running, ${unclean} to clean up; last minute: ${asked.jobWrites} job writes, ${asked.jobRefusals} refused, ${asked.secretWrites} secret writes`;
}

export function report(lived: Lived, quota: number | undefined): string[] {
  const { ledger, minutes, answered } = lived;
  const lines = [
    `${answered} deliveries answered, ${ledger.runs.size} runs; the last one was cleaned up after ${duration(minutes.length)}`,
    ...[...ledger.ended].map(([how, count]) => `  ${count} ${how}`),
    `longest queue ${Math.max(...minutes.map(({ queued }) => queued))}; most launching at a time ${Math.max(...minutes.map(({ launching }) => launching))}; launches tried a run ${launchesOf(lived).toFixed(2)}`,
  ];
  for (const one of uses(lived, quota ?? Number.POSITIVE_INFINITY)) {
    const share = (value: number): string => `${((value / one.limit) * 100).toFixed(0)} %`;
    lines.push(
      `${one.what}: ${one.limit} allowed; busiest ${one.most} (${share(one.most)}), while runs waited ${one.whileWaiting.toFixed(1)} (${share(one.whileWaiting)}), ${one.refusals} refused`,
    );
  }
  lines.push(
    'hour: runs over, Firestore operations, documents read, writes, tasks of each; documents a tick reads',
  );
  for (let from = 0; from < minutes.length; from += 60) {
    const some = minutes.slice(from, from + 60);
    const { runs, ...cost } = costOf(some, { ticks: true });
    const figures = Object.values(cost).map((value) => value.toFixed(1));
    const reads = tickReads(some);
    lines.push(
      `${String(from / 60 + 1).padStart(4)}: ${runs}, ${figures.join(', ')}; ${reads.mean.toFixed(1)} (most ${reads.most})`,
    );
  }
  for (const ticks of [true, false]) {
    const { runs, ...cost } = costOf(minutes, { ticks });
    const figures = Object.values(cost).map((value) => value.toFixed(1));
    lines.push(` all${ticks ? '' : ', without the ticks'}: ${runs}, ${figures.join(', ')}`);
  }
  return lines;
}

function launchesOf({ ledger }: Lived): number {
  let launches = 0;
  for (const run of ledger.runs.values()) launches += run.launches;
  return launches / Math.max(1, ledger.runs.size);
}

function duration(minutes: number): string {
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function totalOf(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) for (const name of tallied) total[name] += tally[name];
  return total;
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
