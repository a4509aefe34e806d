import { type Case, entered, isHalted, stateChange } from './case.ts';
import { hold } from './laws.ts';
import type { Entry } from './ledger.ts';
import { inItsWay, isBefore, scaleOf } from './standing.ts';

/** Judges the launches of a commit: whose turn it was, and whether there was room. */
export function judgeLaunches(given: Case): void {
  const launched = entered(given, 'queued', 'launching');
  if (launched.length === 0) return;
  for (const run of launched) {
    judgeRoom(given, run);
    judgePause(given, run);
    judgeTime(given, run);
    judgeKey(given, run, launched);
  }
  judgeOrder(given, launched);
}

function judgeRoom({ ledger, projects }: Case, run: Entry): void {
  const { agent } = run.data;
  const own = ledger.inFlight(agent).length;
  const scale = Math.max(...projects.map((project) => scaleOf(project, agent)));
  hold(own <= scale, 'scale', `${own} of ${agent} are in flight; its scale is ${scale}`, run.id);
  const limit = Math.max(...projects.map((project) => project.scale ?? Number.POSITIVE_INFINITY));
  run.isCounted = limit !== Number.POSITIVE_INFINITY;
  const all = ledger.inFlight().filter(({ isCounted }) => isCounted).length;
  const what = `${all} are in flight; the project's scale is ${limit}`;
  hold(all <= limit, 'projectScale', what, run.id);
}

function judgePause(given: Case, run: Entry): void {
  const change = stateChange(given, run.data.agent);
  hold(change !== undefined, 'slots', `${run.id} was launched beside its agent's state`, run.id);
  hold(!change?.before.paused, 'paused', `${run.id} was launched; its agent is paused`, run.id);
  hold(!isHalted(given), 'paused', `${run.id} was launched; the project is paused`, run.id);
}

function judgeTime({ clock }: Case, { id, data }: Entry): void {
  const early = (data.notBefore?.getTime() ?? 0) - clock.latest;
  hold(early <= 0, 'early', `${id} was launched ${early} ms too early`, id);
}

function judgeKey({ ledger, projects }: Case, run: Entry, launched: readonly Entry[]): void {
  const { agent, concurrencyKey } = run.data;
  if (!projects.every(({ agents }) => agents[agent]?.concurrency)) return;
  const beside = ledger.sameKey(run).find((other) => ledger.isInFlight(other));
  const both = beside && launched.includes(beside) ? 'with' : 'beside';
  hold(!beside, 'keys', `${run.id} was launched ${both} ${beside?.id}: ${concurrencyKey}`, run.id);
  // Those of one key start in their order, whatever they wait for.
  const passed = ledger
    .queued(agent)
    .find((other) => other.data.concurrencyKey === concurrencyKey && isBefore(other, run));
  const isOrdered = concurrencyKey === null || !passed;
  hold(isOrdered, 'order', `${run.id} was launched before ${passed?.id} of its key`, run.id);
}

/** Who stayed behind had to wait for something else than a slot. */
function judgeOrder(given: Case, launched: readonly Entry[]): void {
  const { ledger, projects, since, clock } = given;
  const now = new Set(launched);
  for (const agent of new Set(launched.map(({ data }) => data.agent))) {
    const last = launched.filter(({ data }) => data.agent === agent).reduce(later);
    for (const run of ledger.queued(agent)) {
      if (!isBefore(run, last)) continue;
      if ((run.data.notBefore?.getTime() ?? 0) > clock.earliest) continue;
      const mayHaveToWait = projects.some(({ agents }) => {
        const concurrency = agents[agent]?.concurrency;
        return concurrency && inItsWay(ledger, run, concurrency, since, now).length > 0;
      });
      hold(mayHaveToWait, 'order', `${last.id} was launched before ${run.id}`, run.id);
    }
  }
}

function later(one: Entry, other: Entry): Entry {
  return isBefore(one, other) ? other : one;
}
