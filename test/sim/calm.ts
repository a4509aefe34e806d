import { runLabel, runResource } from '../../shared/runs/labels.ts';
import { jobId } from '../../shared/runs/names.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import type { ScheduleJudge } from './judge-schedule.ts';
import { hold, pointerMs, slackMs } from './laws.ts';
import type { Committed, Entry, Ledger } from './ledger.ts';
import { location } from './place.ts';
import type { Schedule } from './schedule.ts';
import { dayIn, inItsWay, scaleOf } from './standing.ts';

/** How long somebody may wait for a slot or a key that became free while nothing went wrong, in ms. */
const promptMs = 45_000;
/** The same where a wake-up may have been lost before: the sweep leaves a queue alone for a while. */
const longestWaitMs = 4.5 * 60_000;
/** How long a run may be overdue when nothing goes wrong, in ms. */
const longestDueMs = 3 * 60_000;
/** How long a run may be ending when nothing goes wrong, in ms: it is given five minutes to stop, and polled each minute. */
const longestEndMs = 8 * 60_000;
/** Sweeps after which nothing of a run that is over is left. */
const enoughSweeps = 3;
/** Looks from one at what is left to the next: it takes longest, and sweeps are rare. */
const looksBetween = 4;
/** How long a sweep's wake-ups need, in ms. */
const sweepTakesMs = 5_000;

/** Judges what must hold when nothing goes wrong for a while. */
export interface Calm {
  /** Something goes wrong, or is still wrong. */
  disturbed(): void;
  /** A commit took effect. */
  committed(committed: Committed): void;
  swept(): void;
  look(): Promise<void>;
}

export function createCalm(
  world: World,
  ledger: Ledger,
  clock: Schedule,
  schedules: ScheduleJudge,
): Calm {
  const { now } = clock;
  let since = now();
  let sweeps: number[] = [];
  let looks = 0;
  let lastLaunch = now();
  /** When an agent last could not have launched anything, by agent; and when it only waited for another day. */
  const lastFull = new Map<string, number>();
  const lastSpent = new Map<string, number>();
  /** When a run last had to wait for its key. */
  const lastBusy = new Map<Entry, number>();
  /** When a run was first seen to be over. */
  const overSince = new Map<string, number>();

  const isFull = (agent: string): boolean => {
    const project = ledger.project();
    const all = project.scale ?? Number.POSITIVE_INFINITY;
    return (
      ledger.halts.now().paused !== null ||
      ledger.agent(agent).paused !== null ||
      ledger.inFlight(agent).length >= scaleOf(project, agent) ||
      ledger.inFlight().length >= all
    );
  };
  const isSpent = (agent: string): boolean => {
    const { agents, timezone } = ledger.project();
    const { budget } = agents[agent] ?? {};
    const { runsPerDay = null, minutesPerDay = null } = budget ?? {};
    const { day, runs, seconds, dollars } = ledger.agent(agent).spend;
    if (day < dayIn(timezone, now())) return false;
    return (
      runs >= (runsPerDay ?? Number.POSITIVE_INFINITY) ||
      seconds >= (minutesPerDay ?? Number.POSITIVE_INFINITY) * 60 ||
      dollars >= (budget?.dollarsPerDay ?? Number.POSITIVE_INFINITY)
    );
  };
  /** Whether a slot of the project may be kept for another agent, whose wake-up was lost: nothing tells this one of it. */
  const isAnothersTurn = (agent: string): boolean =>
    ledger.project().scale !== null && ledger.queued().some(({ data }) => data.agent !== agent);
  /** Notes who has to wait now, and for what, of some agents' queues. */
  const lookForWaits = (queued: readonly Entry[]): void => {
    for (const agent of new Set(queued.map(({ data }) => data.agent))) {
      if (isFull(agent)) lastFull.set(agent, now());
      if (isSpent(agent)) lastSpent.set(agent, now());
    }
    for (const run of queued) {
      const concurrency = ledger.project().agents[run.data.agent]?.concurrency;
      if (concurrency && inItsWay(ledger, run, concurrency, now() + 1).length > 0) {
        lastBusy.set(run, now());
      }
    }
  };

  const lookAtQueues = (): void => {
    for (const run of ledger.queued()) {
      const { agent, admittedAt, notBefore } = run.data;
      const [full, spent, busy] = [
        lastFull.get(agent) ?? 0,
        lastSpent.get(agent) ?? 0,
        lastBusy.get(run) ?? 0,
      ];
      const told = Math.max(full, busy);
      const timed = Math.max(spent, notBefore?.getTime() ?? 0);
      const waits = now() - Math.max(since, lastLaunch, told, timed, admittedAt.getTime());
      const isTold = told > Math.max(since, timed) && !(busy > full && isAnothersTurn(agent));
      const longest = isTold ? promptMs : longestWaitMs;
      const what = `${run.id} has waited for ${Math.round(waits / 1_000)} s and may start`;
      hold(waits <= longest, 'waiting', what, run.id);
    }
  };
  const lookAtDue = (): void => {
    for (const { id, data } of ledger.runs.values()) {
      // Whoever is queued may have to wait, and is told of by its wait for a free slot.
      if (data.dueAt === null || data.state === 'queued') continue;
      const late = now() - Math.max(since, data.dueAt.getTime());
      const what = `${id} is ${data.state} and overdue for ${Math.round(late / 1_000)} s`;
      hold(late <= longestDueMs, 'due', what, id);
    }
  };
  const lookAtEnding = (): void => {
    for (const { id, data } of ledger.inFlight()) {
      if (data.state !== 'ending') continue;
      const lasts = now() - Math.max(since, Date.parse(data.times.ending ?? ''));
      hold(lasts <= longestEndMs, 'kill', `${id} is ending for ${lasts / 1_000} s`, id);
      const isNew = Date.parse(data.times.ending ?? '') > since + slackMs;
      const isAsked =
        lasts <= (isNew ? promptMs : longestDueMs) || isStopped(world, id, data.execution);
      hold(isAsked, 'kill', `${id} is ending for ${lasts / 1_000} s, and Cloud Run not told`, id);
    }
  };
  const lookAtLeftovers = async (): Promise<void> => {
    for (const { id, data } of ledger.runs.values()) {
      if (isOver(data.state) && !overSince.has(id)) overSince.set(id, now());
    }
    const [jobs, secrets] = await Promise.all([
      world.ports.jobs.list(runResource),
      world.ports.secrets.list(runResource),
    ]);
    for (const { id, labels } of [...jobs, ...secrets]) {
      const run = labels[runLabel] ?? '';
      // A run that is over and could not be cleaned up is looked at less and less often.
      const due = ledger.runs.get(run)?.data.dueAt?.getTime() ?? 0;
      const from = Math.max(since, due, overSince.get(run) ?? Number.POSITIVE_INFINITY);
      const passed = sweeps.filter((at) => at >= from && at <= now() - sweepTakesMs).length;
      hold(passed < enoughSweeps, 'swept', `${id} is there after ${passed} sweeps`, run);
    }
  };

  const disturbed = (): void => {
    since = now();
    sweeps = [];
  };

  return {
    disturbed,
    committed: ({ runs, agents, isPublication, isOfProject }) => {
      // An instance goes on with the release that it knows for a while (decision 0009), and lets others wait.
      if (isPublication) since = Math.max(since, now() + pointerMs);
      const isLaunch = runs.some(
        ({ entry, before }) => before?.state === 'queued' && entry.data.state === 'launching',
      );
      if (isLaunch) lastLaunch = now();
      const queued = ledger.queued();
      lookForWaits(isOfProject ? queued : queued.filter(({ data }) => agents.has(data.agent)));
    },
    swept: () => void sweeps.push(now()),
    look: async () => {
      lookForWaits(ledger.queued());
      lookAtQueues();
      lookAtDue();
      lookAtEnding();
      schedules.lookForLate(since);
      looks += 1;
      if (looks % looksBetween === 0) await lookAtLeftovers();
    },
  };
}

/** Whether the execution of a run was told to stop, or has no container any more. */
function isStopped({ cloudRun, running }: World, run: string, execution: string | null): boolean {
  if (!running.has(jobId(run))) return true;
  const name = `${location}/jobs/${jobId(run)}/executions/${execution}`;
  try {
    return cloudRun.getExecution({ name }).record.stop !== undefined;
  } catch {
    return true;
  }
}
