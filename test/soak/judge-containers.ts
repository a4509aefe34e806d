import { runOfJob } from '../../shared/runs/names.ts';
import { isOver } from '../../shared/runs/states.ts';
import { agentOf } from './agents.ts';
import type { Evidence, Told } from './evidence.ts';
import type { Container } from './records.ts';
import type { Court } from './violation.ts';

/**
 * Each run that ran started one container, by the executor's record and by the containers' own; what it was ended for is what its
 * container did.
 */
export function judgeContainers(court: Court, evidence: Evidence): void {
  const { hold } = court;
  const { runs, started, containers } = evidence;
  const startsOf = countBy(started.map((execution) => runOfExecution(execution)));
  const containersOf = countBy(containers.map(({ run }) => run));
  for (const { id, data } of runs.values()) {
    const ran = data.times.running !== undefined || data.execution !== null;
    const starts = startsOf.get(id) ?? 0;
    const began = containersOf.get(id) ?? 0;
    const expected = ran ? 1 : 0;
    hold(
      starts === expected,
      'one container',
      () => `${id} is ${data.state} and was started ${starts} times`,
      id,
    );
    hold(
      began === expected,
      'one container',
      () => `${id} is ${data.state} and ${began} of its containers began`,
      id,
    );
    const isNamed = !ran || started.includes(data.execution ?? '');
    hold(isNamed, 'one container', () => `${id} names ${data.execution}, which nobody started`, id);
  }
  const strangers = [...startsOf.keys(), ...containersOf.keys()].filter((run) => !runs.has(run));
  hold(strangers.length === 0, 'one container', () => `containers of no run: ${strangers}`);
  for (const container of containers) {
    const run = runs.get(container.run);
    if (run) judgeEnd(court, run, container);
  }
}

function judgeEnd({ hold }: Court, { id, data }: Told, { execution, lines }: Container): void {
  hold(data.execution === execution, 'one container', () => `${id} ran as ${execution}`, id);
  const end = lines.find(({ what }) => what === 'end');
  const said = end?.what === 'end' ? end.exitCode : undefined;
  const { state, reason, exitCode } = data;
  const as = (): string =>
    `${id} is ${state} (${reason}, ${exitCode}); its container ended with ${said}`;
  if (agentOf(data.agent)?.role === 'hangs') {
    hold(said === undefined && reason === 'timeout', 'outcome', as, id);
  } else if (said === 0) {
    hold(state === 'succeeded' && reason === 'completed', 'outcome', as, id);
  } else {
    hold(reason === 'exit_code' && exitCode === said, 'outcome', as, id);
  }
  for (const line of lines) {
    if (line.what === 'astonished') hold(false, 'astonished', () => `${id}: ${line.why}`, id);
  }
  hold(isOver(state), 'over', () => `${id} is ${state}, and its container ended`, id);
}

function runOfExecution(execution: string): string {
  return runOfJob(execution.replace(/-a\d+$/, '')) ?? execution;
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
