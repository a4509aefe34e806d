import { reasons } from '../../shared/runs/reasons.ts';
import { isOver, next, type RunEvent, type RunState } from '../../shared/runs/states.ts';
import { agentOf } from './agents.ts';
import type { Evidence, Told } from './evidence.ts';
import type { Court } from './violation.ts';

/** Every run is over, once, for a reason that fits; its journal leads to its document; and what follows it is there once. */
export function judgeRuns(court: Court, { runs }: Evidence): void {
  for (const run of runs.values()) {
    judgeEnd(court, run);
    judgeJournal(court, run);
    judgeNext(court, run, runs);
  }
}

function judgeEnd({ hold }: Court, { id, data, journal }: Told): void {
  const { state, reason, dueAt, cleanedAt, lease } = data;
  hold(isOver(state), 'over', () => `${id} is ${state}`, id);
  const ends = journal.filter(({ data: { to } }) => isOver(to as RunState));
  hold(ends.length === 1, 'over once', () => `${id} ended ${ends.length} times`, id);
  const fitting: readonly string[] = reason === null ? [] : reasons[reason];
  hold(fitting.includes(state), 'reason', () => `${id} is ${state} because of ${reason}`, id);
  const isDone = dueAt === null && cleanedAt !== null && lease === null;
  hold(isDone, 'cleaned', () => `${id} is over and not done with`, id);
}

/** Each entry begins where the one before it ended, by an event that is allowed there; the last value of each field is the document's. */
function judgeJournal({ hold }: Court, { id, data, journal }: Told): void {
  const count = (): string => `${id} has ${journal.length} journal entries of ${data.events}`;
  hold(journal.length === data.events, 'journal', count, id);
  const told: { [field: string]: unknown } = {};
  let state: RunState = 'queued';
  for (const [index, entry] of journal.entries()) {
    const { from, to, event, set } = entry.data;
    const isStep = from === state && to === next(state, event as RunEvent);
    hold(
      isStep,
      'journal',
      () => `${id}: entry ${entry.id} goes from ${from} by ${event} to ${to}`,
      id,
    );
    const last = journal[index - 1];
    hold(!last || last.at < entry.at, 'journal', () => `${id}: entry ${entry.id} came early`, id);
    state = to as RunState;
    Object.assign(told, set);
  }
  // Those that cleaning up and the sweep set are in no journal.
  const { dueAt: _, ...fields } = told;
  for (const [field, value] of Object.entries(fields)) {
    const actual = data[field as keyof typeof data];
    const isSame = JSON.stringify(actual) === JSON.stringify(value);
    hold(
      isSame,
      'journal',
      () => `${id}: ${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(value)}`,
      id,
    );
  }
}

function judgeNext({ hold }: Court, { id, data }: Told, runs: Evidence['runs']): void {
  const followers = [...runs.values()].filter(
    ({ data: { trigger } }) => trigger.type === 'rerun' && trigger.of === id,
  );
  const { trigger, state, next: named } = data;
  const retries = trigger.type === 'rerun' ? trigger.retries : 0;
  const mayRetry = state === 'failed' && retries < (agentOf(data.agent)?.retries ?? 0);
  const expected = mayRetry ? 1 : 0;
  const ids = followers.map((run) => run.id);
  hold(ids.length === expected, 'retries', () => `${id} is ${state}; [${ids}] follow it`, id);
  hold((named ?? undefined) === ids[0], 'retries', () => `${id} names ${named} as next`, id);
}
