import { type Column, table } from '../steer/table.ts';
import { span } from '../steer/times.ts';
import { wrapped } from '../steer/width.ts';

interface Sums {
  runs: number;
  seconds: number;
  compute: number;
  controlPlane: number;
  models: number;
  total: number;
}

/** What the control API says of costs, as far as it is shown. */
export interface CostsPage {
  from: string;
  to: string;
  timezone: string;
  prices: string;
  total: Sums;
  idleDay: number;
  days: readonly (Sums & { day: string })[];
  agents: readonly (Sums & { agent: string; today: number; dollarsPerDay: number | null })[];
}

/** Costs as two tables, by agent and by day, and what to know of them. `isOne`: of one agent, which needs no table of agents. */
export function costLines(costs: CostsPage, width: number, isOne: boolean): string[] {
  const { from, to, timezone, prices, total, idleDay, days, agents } = costs;
  const period = from === to ? to : `${from} to ${to}`;
  const agentColumns: Column<CostsPage['agents'][number]>[] = [
    { title: 'AGENT', of: ({ agent }) => agent },
    ...columns,
    { title: 'TODAY', of: budgetOf, narrow: 'drop' },
  ];
  const dayColumns: Column<CostsPage['days'][number]>[] = [
    { title: 'DAY', of: ({ day }) => day },
    ...columns,
  ];
  const head =
    total.runs === 0
      ? `no run has ended in ${period} (${timezone})`
      : `${money(total.total)} for ${counted(total.runs)} that ended in ${period} (${timezone})`;
  const budgeted = agents.filter(({ dollarsPerDay }) => dollarsPerDay !== null);
  const foot = `Estimated without free tiers, with Google's prices of ${prices} and what agents say of their models. A day on which nothing happens costs ${money(idleDay)} more.`;
  return [
    ...wrapped(head, width),
    ...(isOne ? budgeted.flatMap((agent) => wrapped(`today ${budgetOf(agent)}`, width)) : []),
    ...(isOne || agents.length === 0 ? [] : ['', ...table(agents, agentColumns, width)]),
    ...(days.length === 0 ? [] : ['', ...table(days, dayColumns, width)]),
    '',
    ...wrapped(foot, width),
  ];
}

const columns: Column<Sums>[] = [
  { title: 'TOTAL', of: ({ total }) => money(total) },
  { title: 'RUNS', of: ({ runs }) => String(runs) },
  {
    title: 'TIME',
    of: ({ seconds }) => (seconds === 0 ? '' : span(seconds * 1_000)),
    narrow: 'drop',
  },
  { title: 'COMPUTE', of: ({ compute }) => money(compute), narrow: 'drop' },
  { title: 'MODELS', of: ({ models }) => money(models), narrow: 'drop' },
  { title: 'DROVER', of: ({ controlPlane }) => money(controlPlane), narrow: 'drop' },
];

function budgetOf({
  today,
  dollarsPerDay,
}: Pick<CostsPage['agents'][number], 'today' | 'dollarsPerDay'>): string {
  return dollarsPerDay === null ? money(today) : `${money(today)} of ${money(dollarsPerDay)}`;
}

/** Digits after the point of amounts below a cent: enough to tell a run's control plane from nothing. */
const smallDigits = 5;

/** An amount of US dollars: `$12.50`, and of less than a cent its first digits, `$0.00017`. */
export function money(amount: number): string {
  if (amount === 0) return '$0';
  const isSmall = Math.abs(amount) < 0.01;
  const text = Math.abs(amount).toFixed(isSmall ? smallDigits : 2);
  return `${amount < 0 ? '-' : ''}$${isSmall && Number(text) === 0 ? '0.00001' : text}`;
}

function counted(runs: number): string {
  return `${runs} ${runs === 1 ? 'run' : 'runs'}`;
}
