import type { Document, Ports } from '../../shared/ports/index.ts';
import { currentPath } from '../../shared/projects/release.ts';
import { reasons } from '../../shared/runs/reasons.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import type { Judge } from './judge.ts';
import { judgeCosts } from './judge-costs.ts';
import { judgeLogs } from './judge-reading.ts';
import { afterEnd, hold } from './laws.ts';
import type { Ledger } from './ledger.ts';

/** What a life left behind, to be judged. */
export interface Remains {
  world: World;
  ledger: Ledger;
  judge: Judge;
  /** Judge what senders of deliveries and people were told. */
  deliveries: { judgeAnswers(runs: readonly Document<Run>[]): Promise<void> };
  people: { judgeAnswers(): void };
  /** Whether this run may wait for ever: its agent is disabled. */
  mayWait(run: Run): boolean;
}

/** What must hold once faults have stopped and the sweep has passed often enough (design: what must always hold). */
export async function checkEnd(remains: Remains): Promise<void> {
  const { world, ledger, judge, mayWait } = remains;
  const { ports } = world;
  const runs = await ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
  await remains.deliveries.judgeAnswers(runs);
  for (const run of runs) {
    if (run.data.state === 'queued' && mayWait(run.data)) continue;
    checkEnding(run);
    const entries = await checkJournal(ports, run, ledger.runs.get(run.id)?.admitted);
    judge.events.judgeWhole(run, entries);
  }
  for (const path of [...new Set(runs.map(({ data }) => `agents/${data.agent}`)), currentPath]) {
    const { inFlight = [], keys = {} } = (await ports.documents.get<Lists>(path))?.data ?? {};
    const slots = [...inFlight, ...Object.keys(keys)];
    hold(slots.length === 0, 'swept', `${path} still has slots or keys taken: ${slots}`, slots[0]);
  }
  await judgeCosts(ports, runs);
  remains.people.judgeAnswers();
  const locks = judge.locks.held();
  hold(locks.length === 0, 'swept', `still locked: ${locks}`);
  const left = await world.leftovers();
  hold(left.length === 0, 'swept', `left behind: ${left}`);
  await judgeLogs(world, judge);
}

type Lists = { inFlight?: string[]; keys?: { [run: string]: string } };

function checkEnding({ id, data }: Document<Run>): void {
  const { state, reason, dueAt, cleanedAt, times, execution } = data;
  hold(isOver(state), 'ends', `${id} is ${state} for ever`, id);
  const fitting: readonly string[] = reason === null ? [] : reasons[reason];
  hold(fitting.includes(state), 'ends', `${id} is ${state} because of ${reason}`, id);
  hold(dueAt === null && cleanedAt !== null, 'ends', `${id} was never cleaned up`, id);
  const known = times.running === undefined || execution !== null;
  hold(known, 'ends', `${id} ran without an execution`, id);
}

/** What every change writes beside its journal entry, and what is written of a run without one. */
const untold: ReadonlySet<string> = new Set([
  ...afterEnd,
  'summary',
  'times',
  'timeline',
  'events',
]);

/** The journal's entries are complete, in order, and lead from the run as it was admitted to its document. Answers with them. */
async function checkJournal(
  ports: Ports,
  { id, data }: Document<Run>,
  admitted: Run | undefined,
): Promise<RunJournalEntry[]> {
  const entries = await ports.documents.query<RunJournalEntry>({
    collection: `runs/${id}/events`,
    limit: 1_000,
  });
  const count = `${id} has ${entries.length} journal entries of ${data.events}`;
  hold(entries.length === data.events, 'journal', count, id);
  let state = 'queued';
  const told: { [field: string]: unknown } = { ...admitted };
  for (const entry of entries) {
    const { from, to, set } = entry.data;
    hold(from === state, 'journal', `${id}: entry ${entry.id} begins in ${from}, not ${state}`, id);
    state = to;
    Object.assign(told, set);
  }
  hold(state === data.state, 'journal', `${id}: the journal ends in ${state}`, id);
  for (const [field, actual] of Object.entries(data)) {
    const isSame = untold.has(field) || JSON.stringify(actual) === JSON.stringify(told[field]);
    hold(isSame, 'journal', `${id}: the journal tells another ${field}`, id);
  }
  return entries.map((entry) => entry.data);
}
