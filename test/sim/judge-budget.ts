import { isOver } from '../../shared/runs/states.ts';
import { type Case, entered } from './case.ts';
import { hold } from './laws.ts';
import type { AgentChange, Entry } from './ledger.ts';
import { dayIn } from './standing.ts';

/** What the end of a run says of its agent. What somebody else ended says nothing. */
const isFailure: { readonly [state: string]: boolean } = {
  succeeded: false,
  failed: true,
  timed_out: true,
  lost: true,
};

/** Judges what agents use of their days, and when they stand still. */
export function createBudgetJudge() {
  /** Runs that got a slot, by agent and day. */
  const runs = new Map<string, number>();

  const judgeSlots = (given: Case, { agent, before, after }: AgentChange): void => {
    const { projects, clock } = given;
    const launched = entered(given, 'queued', 'launching').filter(
      ({ data }) => data.agent === agent,
    );
    const [first] = launched;
    if (!first) return;
    const { day, seconds, dollars } = after.spend;
    const times = [clock.earliest, clock.latest];
    const days = projects.flatMap(({ timezone }) => times.map((time) => dayIn(timezone, time)));
    const isDay = days.includes(day) || day === before.spend.day;
    hold(isDay, 'budget', `${first.id} is counted on ${day}`, first.id);
    const count = (runs.get(`${agent} ${day}`) ?? 0) + launched.length;
    runs.set(`${agent} ${day}`, count);
    const budgets = projects.map(({ agents }) => agents[agent]?.budget);
    const most = Math.max(...budgets.map((one) => one?.runsPerDay ?? Number.POSITIVE_INFINITY));
    hold(count <= most, 'budget', `${first.id} is run ${count} of ${most} of ${day}`, first.id);
    const minutes = budgets.map((one) => one?.minutesPerDay ?? Number.POSITIVE_INFINITY);
    const longest = Math.max(...minutes) * 60;
    const used = `${first.id} was launched after ${seconds} of ${longest} seconds of ${day}`;
    hold(seconds < longest, 'budget', used, first.id);
    const amounts = budgets.map((one) => one?.dollarsPerDay ?? Number.POSITIVE_INFINITY);
    const paid = `${first.id} was launched after $${dollars} of ${Math.max(...amounts)} of ${day}`;
    hold(dollars < Math.max(...amounts), 'budget', paid, first.id);
  };

  return {
    judge: (given: Case): void => {
      for (const change of given.committed.states) {
        judgeSlots(given, change);
        judgeEnds(given, change);
      }
    },
  };
}

/** Failures in a row are counted, and too many of them pause the agent; nothing but a person does otherwise. */
function judgeEnds(given: Case, { agent, before, after }: AgentChange): void {
  const { ledger, caller, since } = given;
  const [ended] = endedIn(given, agent);
  if (!ended) {
    const isResumption = before.paused !== null && after.paused === null;
    const failures = isResumption ? 0 : before.failures;
    const said = `${agent}: ${before.failures}, then ${after.failures} failures`;
    hold(after.failures === failures, 'budget', said);
    const isOfPerson = caller.function === 'control' || before.paused === after.paused;
    hold(isOfPerson, 'pausing', `${caller.function} has paused or resumed ${agent}`);
    return;
  }
  const { id, data } = ended;
  const failed = isFailure[data.state];
  const failures = failed === undefined ? before.failures : failed ? before.failures + 1 : 0;
  const said = `${agent} has failed ${after.failures} times in a row, not ${failures}`;
  hold(after.failures === failures, 'budget', said, id);
  const limits = ledger
    .projectsSince(since)
    .map(({ agents }) => agents[agent]?.budget.failuresInARow ?? Number.POSITIVE_INFINITY);
  const mustPause = limits.map((most) => failed === true && failures >= most);
  const hasPaused = before.paused === null && after.paused !== null;
  const asRuled = before.paused
    ? JSON.stringify(before.paused) === JSON.stringify(after.paused)
    : mustPause.includes(hasPaused);
  hold(asRuled, 'budget', `${agent} after ${failures} failures: ${after.paused?.why}`, id);
}

/** The run in flight that a commit has ended. */
function endedIn({ committed }: Case, agent: string): Entry[] {
  return committed.runs.flatMap(({ entry, before }) =>
    entry.data.agent === agent &&
    before &&
    before.state !== 'queued' &&
    !isOver(before.state) &&
    isOver(entry.data.state)
      ? [entry]
      : [],
  );
}
