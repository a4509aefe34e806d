import type { AgentState } from '../../shared/agents/state.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Schedule } from '../../shared/schedules/schedule.ts';
import type { Case } from './case.ts';
import { hold, pointerMs } from './laws.ts';
import type { AgentChange, Entry, Ledger } from './ledger.ts';
import { zones } from './standing.ts';

const minuteMs = 60_000;
/** How late a minute may be for a schedule that catches nothing up, in ms. */
const graceMs = 5 * minuteMs;
/** Most minutes that are caught up; of more, the newest. */
const mostCaughtUp = 100;
/** How much too early a tick may find a minute due, in ms: an instance whose clock is a little behind must not leave it to the next. */
const earlyMs = 1_000;
/** How late a minute may be while nothing goes wrong, in ms: the tick comes each minute, and takes a while. */
const promptMs = 2.5 * minuteMs;

/** Judges what runs by the clock. */
export interface ScheduleJudge {
  judge(given: Case): void;
  /** Judges that nothing is late while nothing has gone wrong since `since`, ms since the epoch. */
  lookForLate(since: number): void;
}

export function createScheduleJudge(ledger: Ledger, now: () => number): ScheduleJudge {
  /** Ids of runs, by agent and minute. */
  const runs = new Map<string, string>();
  /** When the state of an agent's schedule was last written, by a call that had begun then. */
  const lastLook = new Map<string, number>();
  /** From when on an agent's schedule is as it is now. */
  const texts = new Map<string, { text: string | undefined; from: number }>();
  const has = (agent: string, minute: number): boolean => runs.has(`${agent} ${minute}`);

  const judgeAdmission = ({ projects, clock }: Case, { id, data }: Entry): void => {
    if (data.trigger.type !== 'schedule') return;
    const { agent } = data;
    const due = Date.parse(data.trigger.due);
    const known = runs.get(`${agent} ${due}`);
    hold(known === undefined, 'schedule', `${id} and ${known} are of one minute`, id);
    runs.set(`${agent} ${due}`, id);
    hold(due <= clock.latest + earlyMs, 'schedule', `${id} is of a minute to come`, id);
    const schedules = projects.flatMap((project) => scheduleOf(project, agent) ?? []);
    const earliest = clock.earliest + earlyMs;
    const isStale =
      due < earliest - graceMs && schedules.every(({ catchup }) => catchup === 'none');
    hold(!isStale, 'stale', `${id} is of ${data.trigger.due}, which passed unseen`, id);
    const fits = schedules.filter((one) => isWorthRunning(one, due, earliest));
    hold(fits.length > 0, 'schedule', `${id} is of a minute that is not to run any more`, id);
    const waits = data.notBefore ? data.notBefore.getTime() - due : 0;
    const inTime = fits.some(({ jitter }) => waits >= 0 && waits <= jitter * 1_000);
    hold(inTime, 'schedule', `${id} starts ${waits} ms after its minute`, id);
  };
  /** What was looked at and has no run is what its schedule does not catch up. */
  const judgeLook = (given: Case, { agent, before, after }: AgentChange): void => {
    if (JSON.stringify(before.schedule) === JSON.stringify(after.schedule)) return;
    const seen = Math.min(given.since, lastLook.get(agent) ?? given.since) - pointerMs;
    lastLook.set(agent, given.since);
    if (before.schedule === null) return;
    if (before.schedule.pattern !== after.schedule?.pattern) {
      const known = ledger.projectsSince(seen).map((project) => textOf(project, agent));
      hold(new Set(known).size > 1, 'schedule', `the schedule of ${agent} begins anew`);
      return;
    }
    const [from, until] = [untilOf(before), untilOf(after)];
    hold(until > from, 'schedule', `the schedule of ${agent} goes back`);
    const schedule = scheduleSeen(given, agent, after.schedule.pattern);
    if (!schedule) return;
    const latest = given.clock.latest + earlyMs;
    for (const minute of minutesOf(schedule, from, until)) {
      if (has(agent, minute)) continue;
      const isLast = minute === until;
      const said = `${agent} has no run for ${new Date(minute).toISOString()}`;
      if (schedule.catchup === 'all') {
        const newer = minutesOf(schedule, minute, latest).length;
        hold(!isLast && newer >= mostCaughtUp, 'schedule', said);
      } else if (isLast) {
        hold(schedule.catchup === 'none' && minute < latest - graceMs, 'schedule', said);
      }
    }
  };
  const noteTexts = (): void => {
    const project = ledger.project();
    for (const agent of new Set([...texts.keys(), ...Object.keys(project.agents)])) {
      const text = textOf(project, agent);
      if (!texts.has(agent) || texts.get(agent)?.text !== text) {
        texts.set(agent, { text, from: now() });
      }
    }
  };
  noteTexts();

  return {
    judge: (given) => {
      for (const { entry, before } of given.committed.runs) {
        if (!before) judgeAdmission(given, entry);
      }
      for (const change of given.committed.states) judgeLook(given, change);
      if (given.committed.isPublication) noteTexts();
    },
    lookForLate: (since) => {
      for (const [agent, { from }] of texts) {
        const schedule = scheduleOf(ledger.project(), agent);
        if (!schedule) continue;
        const first = Math.max(since, from + pointerMs) + 2 * minuteMs;
        for (const minute of minutesOf(schedule, first, now() - promptMs)) {
          const said = `${agent} has no run for ${new Date(minute).toISOString()}, and nothing went wrong`;
          hold(has(agent, minute), 'schedule', said);
        }
      }
    },
  };
}

function untilOf({ schedule }: AgentState): number {
  return Date.parse(schedule?.until ?? '');
}

/** The schedule that an agent runs by; undefined where it runs by none. */
function scheduleOf({ agents }: Project, name: string): Schedule | undefined {
  const agent = agents[name];
  return agent?.schedule && agent.scale > 0 ? agent.schedule : undefined;
}

/** What another schedule differs in. */
function textOf(project: Project, agent: string): string | undefined {
  const { cron, timezone, catchup } = scheduleOf(project, agent) ?? {};
  return cron === undefined ? undefined : `${cron} ${timezone} ${catchup}`;
}

/** The schedule by which a call has looked: of those that it may have known, the one that is remembered so. */
function scheduleSeen({ projects }: Case, agent: string, pattern: string): Schedule | undefined {
  const known = projects.flatMap((project) => scheduleOf(project, agent) ?? []);
  return known.find(
    ({ cron, timezone, catchup }) =>
      pattern.includes(cron) && pattern.includes(timezone) && pattern.includes(catchup),
  );
}

/** Whether a minute is due, and may still have been worth a run at `at`, ms since the epoch. */
function isWorthRunning(schedule: Schedule, minute: number, at: number): boolean {
  if (!minutesOf(schedule, minute - 1, minute).includes(minute)) return false;
  if (schedule.catchup === 'all') return true;
  const isNewest = minutesOf(schedule, minute, at).length === 0;
  return isNewest && (schedule.catchup === 'last' || minute >= at - graceMs);
}

/** The minutes after `after`, up to `until`, at which a schedule of every few minutes is due: all in ms since the epoch. */
function minutesOf({ cron, timezone }: Schedule, after: number, until: number): number[] {
  const step = Number(/^\*\/(\d+) /.exec(cron)?.[1]);
  const ahead = zones[timezone as keyof typeof zones] ?? 0;
  const minutes: number[] = [];
  for (let at = Math.floor(after / minuteMs) * minuteMs + minuteMs; at <= until; at += minuteMs) {
    if ((at / minuteMs + ahead) % step === 0) minutes.push(at);
  }
  return minutes;
}
