import { holdsSlot, isOver, type RunState } from '../../shared/runs/states.ts';
import { agentNames, agentOf, agents, projectScale } from './agents.ts';
import type { Entry, Evidence, Told } from './evidence.ts';
import type { Court } from './violation.ts';

/** Never more in flight than scale, by Firestore's journals and by what the containers saw; and whose turn it was. */
export function judgeScale(court: Court, evidence: Evidence): void {
  const { hold } = court;
  const slots = slotsByJournal(evidence);
  const lives = livesOfContainers(evidence);
  for (const [whose, all] of [
    ['the journals', slots],
    ['the containers', lives],
  ] as const) {
    for (const name of agentNames) {
      const own = all.filter(({ agent }) => agent === name);
      const most = mostAtOnce(own);
      const { scale } = agents[name];
      hold(
        most <= scale,
        'scale',
        () => `by ${whose} ${most} of ${name} were in flight, not ${scale}`,
      );
    }
    const most = mostAtOnce(all);
    hold(
      most <= projectScale,
      'project scale',
      () => `by ${whose} ${most} were in flight, not ${projectScale}`,
    );
  }
  for (const name of agentNames)
    judgeOrder(
      court,
      [...evidence.runs.values()].filter(({ data }) => data.agent === name),
    );
}

/** A time during which a run was in flight. Times of one list are by one clock. */
export interface Span {
  agent: string;
  from: number;
  to: number;
}

/** Most spans that are open at one time; one that ends when another begins is over. */
export function mostAtOnce(spans: readonly Span[]): number {
  const changes = spans.flatMap(({ from, to }) => [[from, 1] as const, [to, -1] as const]);
  changes.sort(([one, way], [other, otherWay]) => one - other || way - otherWay);
  let open = 0;
  let most = 0;
  for (const [, change] of changes) {
    open += change;
    most = Math.max(most, open);
  }
  return most;
}

/** By Firestore's clock: from the commit that took the slot to the one that gave it back. */
function slotsByJournal({ runs }: Evidence): Span[] {
  return [...runs.values()].flatMap(({ data, journal }) => {
    const from = takenAt(journal);
    if (from === undefined) return [];
    const end = journal.find((entry) => isOver(entry.data.to as RunState));
    return [{ agent: data.agent, from, to: end?.at ?? Number.POSITIVE_INFINITY }];
  });
}

/** When a run left its queue for a slot. */
function takenAt(journal: readonly Entry[]): number | undefined {
  return journal.find(({ data }) => holdsSlot(data.to as RunState))?.at;
}

/** By the machine's monotonic clock: from the first line of a container to its last. It lived longer, on both sides. */
function livesOfContainers({ containers, runs }: Evidence): Span[] {
  return containers.flatMap(({ run, lines }) => {
    const [first, last] = [lines[0], lines.at(-1)];
    const agent = runs.get(run)?.data.agent;
    return first && last && agent && agentOf(agent) ? [{ agent, from: first.at, to: last.at }] : [];
  });
}

/** Whoever got a slot was admitted before everybody who stayed in the queue; those of one millisecond are concurrent (decision 0002). */
function judgeOrder({ hold }: Court, runs: readonly Told[]): void {
  const all = runs.map((run) => ({
    run,
    admitted: run.data.admittedAt.getTime(),
    left: run.journal.find(({ data }) => data.from === 'queued')?.at ?? Number.POSITIVE_INFINITY,
    taken: takenAt(run.journal),
  }));
  for (const { run, admitted, taken } of all) {
    if (taken === undefined) continue;
    const passed = all.find(
      (other) =>
        other.admitted < admitted && other.left > taken && other.run.data.notBefore === null,
    );
    hold(!passed, 'order', () => `${run.id} was launched before ${passed?.run.id}`, run.id);
  }
}
