import { alerts } from '../../infra/monitoring/alerts.ts';
import { idleDay, idleDayCost } from '../../shared/costs/idle-operations.ts';
import { costsOf, type Operations, priceOf, sumOf } from '../../shared/costs/operations.ts';
import { functionSecond, jobSecond, prices, pricesOf } from '../../shared/costs/prices.ts';
import { computeCost, type Resources } from '../../shared/costs/run-cost.ts';
import { chunkOperations } from '../../shared/costs/run-operations.ts';
import { type Counting, countOperations } from './count-operations.ts';
import { billed, callSeconds } from './durations.ts';

/** Containers that are shown: the smallest, and what an agent gets that does not say. */
const small: Resources = { cpus: '1', memory: '512Mi' };
const usual: Resources = { cpus: '1', memory: '4Gi' };

/** Time from spawn to the first answer of a function that is not there yet (docs/benchmarks.md), rounded up, in seconds. */
const coldSeconds = 1.5;
/** Functions that one run wakes, each at most once. */
const wokenFunctions = 4;

/** The tables of docs/costs.md, by the name in their markers. */
export async function costTables(): Promise<{ [name: string]: string }> {
  return {
    runs: await runTable(),
    operations: await operationTable(),
    idle: idleTable(),
    more: moreTable(),
    prices: priceTable(),
    durations: durationTable(),
  };
}

const counted: readonly [string, Counting][] = [
  ['one minute', { seconds: 60 }],
  ['**five minutes**', { seconds: 300 }],
  ['five minutes, one credential', { seconds: 300, credentials: 1 }],
  ['five minutes, three credentials', { seconds: 300, credentials: 3 }],
  ['half an hour', { seconds: 1_800 }],
  ['half an hour, asked for by a person', { seconds: 1_800, trigger: 'manual' }],
];

async function runTable(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, counting] of counted) {
    const { seconds } = counting;
    const control = priceOf(billed(await countOperations(counting), seconds), 1);
    const [least, most] = [computeCost(small, seconds), computeCost(usual, seconds)];
    rows.push([
      name,
      amount(control),
      amount(least),
      share(control, least),
      amount(most),
      share(control, most),
    ]);
  }
  return markdown(
    ['run', 'control plane', '1 CPU, 512 MiB', 'share', '1 CPU, 4 GiB', 'share'],
    rows,
  );
}

/** What each unit of operations is, for a reader. */
const names: { readonly [kind in keyof Operations]: string } = {
  functionSeconds: 'seconds of functions (1 CPU, 512 MiB)',
  writes: 'documents written',
  logBytes: 'bytes in Cloud Logging, of functions and their requests',
  tasks: 'Cloud Tasks: calls and deliveries',
  reads: 'documents read',
  secretSeconds: 'seconds of secret versions',
  requests: 'requests of functions',
  secretAccesses: 'secret versions read',
  removals: 'documents removed when their time has come',
  messageBytes: 'bytes through Pub/Sub',
};

async function operationTable(): Promise<string> {
  const operations = billed(await countOperations({ seconds: 300 }), 300);
  const costs = costsOf(operations, 1);
  const kinds = (Object.keys(names) as (keyof Operations)[]).sort((a, b) => costs[b] - costs[a]);
  const rows = kinds.map((kind) => [names[kind], figure(operations[kind]), amount(costs[kind])]);
  return markdown(
    ['of a run of five minutes', 'counted', 'costs'],
    [...rows, ['**together**', '', `**${amount(priceOf(operations, 1))}**`]],
  );
}

function idleTable(): string {
  const day = idleDay();
  const costs = costsOf(day, 1);
  const rows = [
    ['functions: 1,440 ticks', `${figure(day.functionSeconds)} s`, costs.functionSeconds],
    ['documents read', figure(day.reads), costs.reads],
    ['requests', figure(day.requests), costs.requests],
    ['Cloud Logging', `${figure(day.logBytes)} bytes`, costs.logBytes],
    ['one job of Cloud Scheduler', '', prices.scheduledDay],
  ] as const;
  const total = idleDayCost(1);
  const conditions = alerts.flatMap((alert) => alert.conditions).length;
  const alerting = conditions * prices.alertDay;
  return markdown(
    ['a day on which nothing happens', 'counted', 'costs'],
    [
      ...rows.map(([what, count, cost]) => [what, count, amount(cost)]),
      ['**together**', '', `**${amount(total)}**, ${aMonth(total)}`],
      [
        'alerts, once Google charges for them',
        `${conditions} conditions`,
        `${amount(alerting)}, ${aMonth(alerting)}`,
      ],
    ],
  );
}

function moreTable(): string {
  const cold = sumOf([{ functionSeconds: coldSeconds }, wokenFunctions]);
  const rows = [
    [
      'a line of an agent that comes alone, or some within a quarter of a second',
      chunkOperations(),
    ],
    [`a run that finds no instance of any of its ${wokenFunctions} functions`, cold],
  ] as const;
  return markdown(
    ['on top', 'costs'],
    rows.map(([what, operations]) => [what, amount(priceOf(operations, 1))]),
  );
}

function priceTable(): string {
  const hour = 3_600;
  const [one, two] = [jobSecond[1], jobSecond[2]];
  const rows = [
    ['container, an hour of a CPU', money(one.cpu * hour), money(two.cpu * hour)],
    ['container, an hour of a GiB', money(one.memory * hour), money(two.memory * hour)],
    [
      'functions, an hour of a CPU',
      money(functionSecond[1].cpu * hour),
      money(functionSecond[2].cpu * hour),
    ],
    [
      'functions, an hour of a GiB',
      money(functionSecond[1].memory * hour),
      money(functionSecond[2].memory * hour),
    ],
    ['functions, a million requests', money(prices.request * 1e6), ''],
    ['Firestore, 100,000 documents read', money(prices.read * 1e5), ''],
    ['Firestore, 100,000 documents written', money(prices.write * 1e5), ''],
    ['Firestore, 100,000 documents removed', money(prices.remove * 1e5), ''],
    ['Cloud Tasks, a million calls and deliveries', money(prices.task * 1e6), ''],
    ['Secret Manager, a version for 30 days', money(prices.secretSecond * 30 * 86_400), ''],
    ['Secret Manager, 10,000 versions read', money(prices.secretAccess * 1e4), ''],
    ['Pub/Sub, a TiB', money(prices.messageByte * 1_024 ** 4), ''],
    ['Cloud Logging, a GiB', money(prices.logByte * 1_024 ** 3), ''],
    ['Cloud Scheduler, a job for 30 days', money(prices.scheduledDay * 30), ''],
  ];
  return markdown([`on ${pricesOf}`, 'regions of Tier 1', 'of Tier 2, where they differ'], rows);
}

function durationTable(): string {
  const rows = Object.entries(callSeconds).map(([method, seconds]) => [
    `\`${method}\``,
    `${Math.round(seconds * 1_000)} ms`,
  ]);
  return markdown(['call', 'taken to last'], rows);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** An amount of which it matters how small it is: three digits that count. */
function amount(dollars: number): string {
  return `$${dollars >= 0.001 ? dollars.toFixed(4) : dollars.toFixed(7)}`;
}

function aMonth(aDay: number): string {
  return `$${(aDay * 30).toFixed(2)} a month`;
}

/** A price, as price lists have it. */
function money(dollars: number): string {
  return `$${Number(dollars.toFixed(5))}`;
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function figure(count: number): string {
  return Number(count.toFixed(1)).toLocaleString('en-US');
}
