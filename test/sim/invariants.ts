import type { Document, Ports } from '../../shared/ports/index.ts';
import type { Project } from '../../shared/projects/project.ts';
import { reasons } from '../../shared/runs/reasons.ts';
import type { Run, RunJournalEntry } from '../../shared/runs/run.ts';
import { holdsSlot, isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';

/** What a life left behind, to be judged. */
export interface Remains {
  world: World;
  project: Project;
  /** For each delivery that was answered: its id and the runs it was answered with, by agent. */
  answered: { delivery: string; runs: { [agent: string]: string } }[];
}

/** Never more runs in flight than the scale of their agent, and of the project, allows. Checked while things happen. */
export async function checkSlots(ports: Ports, project: Project): Promise<void> {
  const runs = await allRuns(ports);
  const busy = runs.filter(({ data }) => holdsSlot(data.state));
  for (const [agent, { scale }] of Object.entries(project.agents)) {
    const own = busy.filter(({ data }) => data.agent === agent).length;
    check(own <= scale, `${own} runs of ${agent} are in flight; its scale is ${scale}`);
  }
  const limit = project.scale ?? Number.POSITIVE_INFINITY;
  check(busy.length <= limit, `${busy.length} runs are in flight; the project's scale is ${limit}`);
}

/** What must hold once faults have stopped and the sweep has passed often enough (design: what must always hold). */
export async function checkEnd({ world, project, answered }: Remains): Promise<void> {
  const runs = await allRuns(world.ports);
  for (const { delivery, runs: given } of answered) {
    for (const [agent, id] of Object.entries(given)) {
      const own = runs.filter(
        ({ data }) => data.agent === agent && data.trigger.delivery === delivery,
      );
      check(own.length === 1, `${delivery} has ${own.length} runs of ${agent}`);
      check(own[0]?.id === id, `${delivery} was answered with ${id} but has ${own[0]?.id}`);
    }
  }
  for (const run of runs) {
    const { state, reason, dueAt, cleanedAt } = run.data;
    check(isOver(state), `${run.id} is ${state} for ever`);
    const fitting: readonly string[] = reason === null ? [] : reasons[reason];
    check(fitting.includes(state), `${run.id} is ${state} because of ${reason}`);
    check(dueAt === null && cleanedAt !== null, `${run.id} was never cleaned up`);
    const started = world.started.filter((job) => job === `drover-${run.id}`).length;
    check(started <= 1, `${run.id} was started ${started} times`);
    check(
      run.data.times.running === undefined || started === 1,
      `${run.id} ran but was not started`,
    );
    await checkJournal(world.ports, run);
  }
  for (const agent of Object.keys(project.agents)) {
    const slots = await world.slots(agent);
    check(slots.length === 0, `${agent} still has slots taken: ${slots}`);
    checkOrder(runs.filter(({ data }) => data.agent === agent));
  }
  const left = await world.leftovers();
  check(left.length === 0, `left behind: ${left}`);
}

/** Queue order is admission order: nobody is launched before somebody who was admitted earlier. */
function checkOrder(runs: Document<Run>[]): void {
  const launched = runs
    .filter(({ data }) => data.times.launching !== undefined)
    .sort(
      (a, b) => a.data.admittedAt.getTime() - b.data.admittedAt.getTime() || (a.id < b.id ? -1 : 1),
    );
  launched.forEach((run, index) => {
    const before = launched[index - 1];
    if (!before || before.data.admittedAt.getTime() === run.data.admittedAt.getTime()) return;
    const inOrder = (before.data.times.launching ?? '') <= (run.data.times.launching ?? '');
    check(inOrder, `${run.id} was launched before ${before.id}, which was admitted earlier`);
  });
}

/** The journal's entries are complete, in order, and lead to the document. */
async function checkJournal(ports: Ports, { id, data }: Document<Run>): Promise<void> {
  const entries = await ports.documents.query<RunJournalEntry>({
    collection: `runs/${id}/events`,
    limit: 1_000,
  });
  check(
    entries.length === data.events,
    `${id} has ${entries.length} journal entries of ${data.events}`,
  );
  let state = 'queued';
  const told: { [field: string]: unknown } = {};
  for (const entry of entries) {
    check(
      entry.data.from === state,
      `${id}: entry ${entry.id} begins in ${entry.data.from}, not ${state}`,
    );
    state = entry.data.to;
    Object.assign(told, entry.data.set);
  }
  const { dueAt: _, ...fields } = told;
  for (const [field, value] of Object.entries(fields)) {
    const actual = data[field as keyof Run];
    check(
      JSON.stringify(actual) === JSON.stringify(value),
      `${id}: the journal tells another ${field}`,
    );
  }
}

async function allRuns(ports: Ports): Promise<Document<Run>[]> {
  return ports.documents.query<Run>({ collection: 'runs', limit: 10_000 });
}

export class Violation extends Error {}

function check(holds: boolean, message: string): void {
  if (!holds) throw new Violation(message);
}
