import { idleDayCost } from '../../../shared/costs/idle-operations.ts';
import { type Operations, priceOf } from '../../../shared/costs/operations.ts';
import { computeCost } from '../../../shared/costs/run-cost.ts';
import {
  countIdleMinutes,
  countOperations,
  type Invocation,
  idleMinutes,
} from '../../costs/count-operations.ts';
import { billed } from '../../costs/durations.ts';
import type { Row } from '../rows.ts';

/** Millionths of a dollar: a run's control plane is a few hundred of them. */
const millionths = 1e6;
const minutesOfDay = 24 * 60;

/** What a run of a minute, one of five, and a day without runs ask of Google and come to, as docs/costs.md has it. */
export async function costRows(): Promise<Row[]> {
  return [
    ...(await runRows('a run of a minute', 60)),
    ...(await runRows('a run of five minutes', 300)),
    ...(await idleRows()),
  ];
}

async function runRows(what: string, seconds: number): Promise<Row[]> {
  const run = await countOperations({ seconds });
  const operations = billed(run, seconds);
  const price = priceOf(operations, 1);
  const container = computeCost({ cpus: '1', memory: '4Gi' }, seconds);
  return [
    {
      name: `calls of Google's services, ${what}`,
      value: callsOf(run.invocations),
      unit: '',
      note: described(operations),
    },
    {
      name: `control plane of ${what}`,
      value: Math.round(price * millionths),
      unit: '$/1M',
      note: 'millionths of a dollar, without free tiers',
    },
    {
      name: `… of what the container of ${what} costs`,
      value: (100 * price) / container,
      unit: '%',
      note: '1 CPU, 4 GiB',
    },
  ];
}

async function idleRows(): Promise<Row[]> {
  const calls = callsOf(await countIdleMinutes());
  return [
    {
      name: "calls of Google's services, a day without runs",
      value: (calls * minutesOfDay) / idleMinutes,
      unit: '',
      note: `${minutesOfDay.toLocaleString('en-US')} ticks of ${(calls / idleMinutes).toFixed(1)}, counted in ${idleMinutes} minutes`,
    },
    {
      name: 'a day without runs',
      value: idleDayCost(1) * 100,
      unit: 'cents',
      note: 'the ticks and a job of Cloud Scheduler, without free tiers',
    },
  ];
}

function callsOf(invocations: readonly Invocation[]): number {
  return invocations.flatMap(({ rounds }) => rounds.flat()).length;
}

function described({ writes, reads, requests, tasks, functionSeconds }: Operations): string {
  return `${writes} documents written, ${reads} read, ${requests} requests of ${functionSeconds.toFixed(1)} s, ${tasks} operations of Cloud Tasks`;
}
