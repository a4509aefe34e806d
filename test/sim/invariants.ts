import type { Document, Ports } from '../../shared/ports/index.ts';
import { currentPath } from '../../shared/projects/release.ts';
import { reasons } from '../../shared/runs/reasons.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { deliveryOf } from '../../shared/runs/trigger.ts';
import type { World } from '../world.ts';
import { hold } from './laws.ts';

/** What a life left behind, to be judged. */
export interface Remains {
  world: World;
  /** For each delivery that was answered: its id and the runs it was answered with, by agent. */
  answered: { delivery: string; runs: { [agent: string]: string } }[];
  /** Signals of a run that were answered with yes. */
  heard: ReadonlyMap<string, number>;
  /** Whether this run may wait for ever: its agent is disabled. */
  mayWait(run: Run): boolean;
  /** Judges what people were told. */
  judgeAnswers(): void;
  /** Locks that are held, by their documents. */
  locks(): string[];
}

/** What must hold once faults have stopped and the sweep has passed often enough (design: what must always hold). */
export async function checkEnd(remains: Remains): Promise<void> {
  const { world, answered, heard, mayWait } = remains;
  const { ports } = world;
  const runs = await ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
  for (const { delivery, runs: given } of answered) {
    for (const [agent, id] of Object.entries(given)) {
      const own = runs.filter(
        ({ data }) => data.agent === agent && deliveryOf(data.trigger) === delivery,
      );
      const first = own.filter(({ data }) => data.trigger.type === 'webhook');
      hold(first.length <= 1, 'answers', `${delivery} has ${first.length} runs of ${agent}`, id);
      // One that produced nothing at first may have been replayed before it was sent again.
      const known = first.length > 0 ? first : own;
      const isOfIt = known.some((run) => run.id === id);
      hold(isOfIt, 'answers', `${delivery} was answered with ${id}, not ${known[0]?.id}`, id);
    }
  }
  for (const run of runs) {
    if (run.data.state === 'queued' && mayWait(run.data)) continue;
    checkEnding(run);
    await checkJournal(ports, run, heard.get(run.id) ?? 0);
  }
  for (const path of [...new Set(runs.map(({ data }) => `agents/${data.agent}`)), currentPath]) {
    const { inFlight = [], keys = {} } = (await ports.documents.get<Lists>(path))?.data ?? {};
    const slots = [...inFlight, ...Object.keys(keys)];
    hold(slots.length === 0, 'swept', `${path} still has slots or keys taken: ${slots}`, slots[0]);
  }
  remains.judgeAnswers();
  const locks = remains.locks();
  hold(locks.length === 0, 'swept', `still locked: ${locks}`);
  const left = await world.leftovers();
  hold(left.length === 0, 'swept', `left behind: ${left}`);
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

/** The journal's entries are complete, in order, and lead to the document; and nothing that was heard is missing. */
async function checkJournal(
  ports: Ports,
  { id, data }: Document<Run>,
  heard: number,
): Promise<void> {
  const entries = await ports.documents.query<RunJournalEntry>({
    collection: `runs/${id}/events`,
    limit: 1_000,
  });
  const count = `${id} has ${entries.length} journal entries of ${data.events}`;
  hold(entries.length === data.events, 'journal', count, id);
  let state = 'queued';
  const told: { [field: string]: unknown } = {};
  for (const entry of entries) {
    const { from, to, set } = entry.data;
    hold(from === state, 'journal', `${id}: entry ${entry.id} begins in ${from}, not ${state}`, id);
    state = to;
    Object.assign(told, set);
  }
  const { dueAt: _, ...fields } = told;
  for (const [field, value] of Object.entries(fields)) {
    const actual = data[field as keyof Run];
    const same = JSON.stringify(actual) === JSON.stringify(value);
    hold(same, 'journal', `${id}: the journal tells another ${field}`, id);
  }
  const notes = entries.filter(({ data: { event } }) => event === 'note').length;
  hold(notes >= heard, 'journal', `${id} was heard ${heard} times and has ${notes} notes`, id);
}
