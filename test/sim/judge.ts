import { isOver } from '../../shared/runs/states.ts';
import { type Case, clockOf } from './case.ts';
import type { Caller } from './instances.ts';
import { createAdmissionJudge } from './judge-admission.ts';
import { createBudgetJudge } from './judge-budget.ts';
import { createCallJudge } from './judge-call.ts';
import { judgeDeliveries } from './judge-delivery.ts';
import { judgeEndOfQueued, judgeSupersession } from './judge-drop.ts';
import { createEventJudge } from './judge-event.ts';
import { judgeFollowers } from './judge-follow.ts';
import { judgeLaunches } from './judge-launch.ts';
import { createLockJudge } from './judge-lock.ts';
import { createLogJudge } from './judge-log.ts';
import { createScheduleJudge } from './judge-schedule.ts';
import { createSignalJudge } from './judge-signal.ts';
import { afterEnd, hold, pointerMs } from './laws.ts';
import type { Committed, Entry, Ledger } from './ledger.ts';

/** Launches of a run that nobody can say how they went, and the least time in ms for which a quota puts one off. */
const mostLaunches = 8;
const leastPauseMs = 5_000;
/** Size of a document that is a page (D11), in bytes. */
const pageBytes = 50 * 1024;

/** Judges every commit, just after it was recorded. */
export function createJudge(ledger: Ledger, now: () => number) {
  const admissions = createAdmissionJudge();
  const budgets = createBudgetJudge();
  const schedules = createScheduleJudge(ledger, now);
  const locks = createLockJudge();
  const calls = createCallJudge();
  const signals = createSignalJudge(ledger.commits);
  const logs = createLogJudge(ledger);
  const events = createEventJudge(ledger);

  return {
    schedules,
    locks,
    calls,
    signals,
    logs,
    events,
    judge: (committed: Committed, caller: Caller): void => {
      const { since } = caller;
      const projects = ledger.projectsSince(since - pointerMs);
      const clock = clockOf(since, now());
      const given: Case = { ledger, committed, caller, since, projects, now: now(), clock };
      judgeSizes(committed);
      judgeChanges(committed);
      for (const agent of committed.agents) judgeSlots(ledger, agent);
      admissions.judge(given);
      judgeDeliveries(given);
      schedules.judge(given);
      judgeLaunches(given);
      judgeEndOfQueued(given);
      judgeSupersession(given);
      judgeFollowers(given);
      budgets.judge(given);
      locks.judge(given);
      calls.judge(given);
      signals.judge(given);
      logs.judge(given);
    },
  };
}

export type Judge = ReturnType<typeof createJudge>;

function judgeChanges({ runs }: Committed): void {
  for (const { entry, before, fields } of runs) {
    const { id } = entry;
    if (before && isOver(before.state)) {
      const wrong = fields.filter((field) => !afterEnd.has(field));
      hold(wrong.length === 0, 'over', `${id} was ${before.state}; then: ${wrong.join(', ')}`, id);
    }
    judgeAttempts(entry);
  }
}

function judgeAttempts({ id, data }: Entry): void {
  const launches = Math.max(data.lease?.attempt ?? 0, data.secretHashes.length);
  const [first = '', last = ''] = [data.times.launching, data.timeline.at(-1)?.at];
  const ms = Math.max(0, Date.parse(last) - Date.parse(first)) || 0;
  const most = mostLaunches + ms / leastPauseMs;
  hold(launches <= most, 'attempts', `${id} is launched for the ${launches}th time`, id);
}

function judgeSizes({ documents }: Committed): void {
  for (const { path, data } of documents) {
    if (/\/(body|logs)\//.test(path)) continue;
    const json = JSON.stringify(data);
    // No character has more than three bytes a unit: most documents need no counting.
    const bytes = json.length * 3 > pageBytes ? Buffer.byteLength(json) : json.length;
    const run = /^runs\/([^/]+)/.exec(path)?.[1];
    hold(bytes <= pageBytes, 'size', `${path} has ${bytes} bytes`, run);
  }
}

function judgeSlots(ledger: Ledger, agent: string): void {
  const slots = ledger.agent(agent).inFlight;
  const flying = ledger.inFlight(agent);
  const ids = flying.map(({ id }) => id);
  const stray = slots.filter((id) => !ids.includes(id));
  const lost = ids.filter((id) => !slots.includes(id));
  hold(stray.length === 0, 'slots', `${agent} has a slot taken by ${stray}`, stray[0]);
  hold(lost.length === 0, 'slots', `${agent} has no slot taken by ${lost}`, lost[0]);
  for (const { id, data } of flying) {
    const key = ledger.agent(agent).keys[id] ?? null;
    hold(key === data.concurrencyKey, 'slots', `${id} has the key ${key} in its agent's list`, id);
  }
}
