import { agentNames } from './agents.ts';
import { killsOf, type Soaked } from './soak.ts';
import type { Violation } from './violation.ts';

/** Violations that are told, and runs of them that are shown whole. */
const mostTold = 30;
const mostShown = 3;
/** Log lines of a run that are shown. */
const mostLines = 40;

/** What a soak came to, as lines. */
export function report({ evidence, kills, log, violations }: Omit<Soaked, 'directory'>): string[] {
  const { sent, runs, started, containers, locks, calls } = evidence;
  const sum = (count: (one: (typeof sent)[number]) => number): number =>
    sent.reduce((all, one) => all + count(one), 0);
  const all = [...runs.values()];
  const states = new Map<string, number>();
  for (const { data } of all) states.set(data.state, (states.get(data.state) ?? 0) + 1);
  const relaunched = all.filter(({ data }) => data.secretHashes.length > 1).length;
  const lines = containers.flatMap((container) => container.lines);
  const count = (what: string): number => lines.filter((line) => line.what === what).length;
  const swept = log.filter(({ message }) => message === 'swept');
  const overdue = swept.reduce((all, line) => all + Number(line.overdue), 0);
  const killed = [...kills].map(([moment, times]) => `${moment} ${times}`).join(', ');
  return [
    `deliveries  ${sent.length} sent in ${sum(({ attempts }) => attempts)} requests: ${sum(({ answers }) => answers.length)} answered, ${sum(({ refusals }) => refusals.length)} refused, ${sum(({ unanswered }) => unanswered)} not answered; ${sent.filter(({ attempts }) => attempts > 1).length} sent again`,
    `kills       ${killsOf({ kills })}: ${killed}`,
    `runs        ${runs.size}: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}; ${relaunched} launched again`,
    `containers  ${started.length} started, ${containers.length} kept a record`,
    `locks       ${count('locked')} times held under ${locks.reduce((all, { fence }) => all + fence, 0)} fences, ${count('kept')} heartbeats, ${count('deadlocked')} deadlocks told`,
    `calls       ${calls.size}`,
    `sweeps      ${swept.length} found something: ${overdue} runs overdue`,
    `queue       longest wait ${agentNames.map((name) => `${name} ${longestWait(evidence, name)} s`).join(', ')}`,
    ...(violations.length === 0 ? ['everything held'] : showAll(violations, evidence, log)),
  ];
}

/** From admission, or from the time before which it must not start, to its slot, in s. */
function longestWait({ runs }: Soaked['evidence'], name: string): string {
  let longest = 0;
  for (const { data, journal } of runs.values()) {
    const launch = journal.find((entry) => entry.data.event === 'launch');
    if (data.agent !== name || !launch) continue;
    const from = Math.max(data.admittedAt.getTime(), data.notBefore?.getTime() ?? 0);
    longest = Math.max(longest, launch.at / 1e3 - from);
  }
  return (longest / 1e3).toFixed(1);
}

function showAll(
  violations: readonly Violation[],
  evidence: Soaked['evidence'],
  log: Soaked['log'],
): string[] {
  const told = violations.slice(0, mostTold).map(({ law, what }) => `VIOLATED    ${law}: ${what}`);
  const more = violations.length - told.length;
  const runs = [...new Set(violations.flatMap(({ run }) => run ?? []))].slice(0, mostShown);
  return [
    ...told,
    ...(more > 0 ? [`            and ${more} more`] : []),
    ...runs.flatMap((run) => show(run, evidence, log)),
  ];
}

/** All that is known of a run. */
function show(id: string, { runs, containers }: Soaked['evidence'], log: Soaked['log']): string[] {
  const run = runs.get(id);
  const own = log.filter((line) => JSON.stringify(line).includes(id)).slice(0, mostLines);
  return [
    `${id}`,
    `  document   ${JSON.stringify(run?.data)}`,
    ...(run?.journal ?? []).map(
      ({ data, at }) => `  journal    ${at} ${data.event}: ${data.from} → ${data.to}: ${data.why}`,
    ),
    ...containers
      .filter((one) => one.run === id)
      .map(({ lines }) => `  container  ${JSON.stringify(lines)}`),
    ...own.map((line) => `  log        ${JSON.stringify(line)}`),
  ];
}
