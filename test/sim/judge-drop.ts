import type { Concurrency } from '../../shared/projects/project.ts';
import { type Case, entered, isHalted, stateChange } from './case.ts';
import { hold } from './laws.ts';
import type { Entry } from './ledger.ts';
import { inItsWay, isBefore, isRerun, takesPlaceOf, wasQueued } from './standing.ts';

/** Judges what a commit has ended in a queue: for what, and whether anything is lost by it that a pause had held. */
export function judgeEndOfQueued(given: Case): void {
  for (const run of entered(given, 'queued', 'dropped')) {
    judgeWhetherHeld(given, run);
    if (run.data.reason === 'key_busy') judgeSkip(given, run);
    else judgeOverflow(given, run);
  }
  for (const run of entered(given, 'queued', 'cancelled')) {
    if (run.data.reason === 'superseded') judgeGivingWay(given, run);
  }
}

function judgePauses(given: Case, run: Entry): void {
  const change = stateChange(given, run.data.agent);
  hold(change !== undefined, 'slots', `${run.id} was ended beside its agent's state`, run.id);
  hold(!change?.before.paused, 'paused', `${run.id} was lost; its agent is paused`, run.id);
  hold(!isHalted(given), 'paused', `${run.id} was lost; the project is paused`, run.id);
}

/** Nothing is lost that was admitted before the last resumption, of its agent or of the project. */
function judgeWhetherHeld(given: Case, run: Entry): void {
  judgePauses(given, run);
  const { ledger, since } = given;
  const own = stateChange(given, run.data.agent)?.before.resumedAt?.getTime() ?? 0;
  const all = ledger.halts.since(since).map(({ resumedAt }) => resumedAt?.getTime() ?? 0);
  const isLater = run.data.admittedAt.getTime() > Math.max(own, Math.min(...all));
  hold(isLater, 'held', `${run.id} was held by a pause, and then dropped`, run.id);
}

/** The oldest go, and behind each of them as many stay as the queue can hold. */
function judgeOverflow({ ledger, committed, projects, since }: Case, run: Entry): void {
  const { agent } = run.data;
  const gone = new Set(committed.runs.map(({ entry }) => entry));
  const behind = [...ledger.runs.values()].filter(
    (other) =>
      other.data.agent === agent &&
      wasQueued(other, since) &&
      !gone.has(other) &&
      !isBefore(other, run),
  ).length;
  const sizes = projects.map(({ agents }) => agents[agent]?.maxWorkQueueSize);
  const size = Math.min(...sizes.map((one) => one ?? Number.POSITIVE_INFINITY));
  const what = `${run.id} was dropped with ${behind} behind it; the queue can hold ${size}`;
  hold(behind >= size, 'overflow', what, run.id);
}

function wants({ projects }: Case, agent: string, busy: Concurrency['busy']): boolean {
  return projects.some(({ agents }) => agents[agent]?.concurrency?.busy === busy);
}

function judgeSkip(given: Case, run: Entry): void {
  const { ledger, since } = given;
  hold(wants(given, run.data.agent, 'skip'), 'skip', `${run.id} need not go for its key`, run.id);
  const before = inItsWay(ledger, run, { busy: 'skip' }, since);
  hold(before.length > 0, 'skip', `${run.id} was dropped, and its key was free`, run.id);
}

/** Who gives way loses nothing: a later run of the key is there. A pause keeps even this from being done. */
function judgeGivingWay(given: Case, run: Entry): void {
  judgePauses(given, run);
  const { ledger, since } = given;
  const { agent } = run.data;
  hold(wants(given, agent, 'cancel'), 'superseded', `${run.id} need not give way`, run.id);
  const later = ledger
    .sameKey(run)
    .find((other) => wasQueued(other, since) && takesPlaceOf(other, run));
  hold(later !== undefined, 'superseded', `${run.id} gave way to nobody`, run.id);
}

/** Judges who is stopped in flight, so that a later one takes its place. */
export function judgeSupersession(given: Case): void {
  const { ledger, committed, since } = given;
  for (const { entry: run, before } of committed.runs) {
    if (before?.stop || before?.state === 'queued') continue;
    if (run.data.stop?.reason !== 'superseded') continue;
    const { agent } = run.data;
    hold(wants(given, agent, 'cancel'), 'superseded', `${run.id} need not give way`, run.id);
    const later = ledger
      .sameKey(run)
      .find((other) => wasQueued(other, since) && !isRerun(other) && !isBefore(other, run));
    hold(later !== undefined, 'superseded', `${run.id} is stopped for nobody`, run.id);
  }
}
