import { runLabel, runResource } from '../../shared/runs/labels.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import { hold, pointerMs, scaleOf } from './laws.ts';
import type { Committed, Ledger } from './ledger.ts';
import type { Schedule } from './schedule.ts';

/** How long somebody may wait for a slot that became free while nothing went wrong, in ms. */
const promptMs = 45_000;
/** The same for a slot that became free before, when a wake-up may have been lost: the sweep leaves a queue alone for a while. */
const longestWaitMs = 4.5 * 60_000;
/** How long a run may be overdue when nothing goes wrong, in ms. */
const longestDueMs = 3 * 60_000;
/** Sweeps after which nothing of a run that is over is left. */
const enoughSweeps = 3;
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

export function createCalm(world: World, ledger: Ledger, schedule: Schedule): Calm {
  const { now } = schedule;
  let since = now();
  let sweeps: number[] = [];
  let lastLaunch = now();
  /** When an agent last could not have launched anything, by agent. */
  const lastFull = new Map<string, number>();
  /** When a run was first seen to be over. */
  const overSince = new Map<string, number>();

  const isFull = (agent: string): boolean => {
    const project = ledger.project();
    const all = project.scale ?? Number.POSITIVE_INFINITY;
    return (
      ledger.inFlight(agent).length >= scaleOf(project, agent) || ledger.inFlight().length >= all
    );
  };
  const lookForFull = (): void => {
    for (const agent of new Set(ledger.queued().map(({ data }) => data.agent))) {
      if (isFull(agent)) lastFull.set(agent, now());
    }
  };

  const lookAtQueues = (): void => {
    const seen = new Set<string>();
    for (const { id, data } of ledger.queued()) {
      const { agent } = data;
      if (seen.has(agent)) continue;
      seen.add(agent);
      const full = lastFull.get(agent) ?? 0;
      const waits = now() - Math.max(since, lastLaunch, full, data.admittedAt.getTime());
      const longest = full > since ? promptMs : longestWaitMs;
      const what = `${id} has waited for ${Math.round(waits / 1_000)} s beside a free slot`;
      hold(waits <= longest, 'waiting', what, id);
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
    committed: ({ runs, isPublication }) => {
      // An instance goes on with the release that it knows for a while (decision 0009), and lets others wait.
      if (isPublication) since = Math.max(since, now() + pointerMs);
      const isLaunch = runs.some(
        ({ entry, before }) => before?.state === 'queued' && entry.data.state === 'launching',
      );
      if (isLaunch) lastLaunch = now();
      lookForFull();
    },
    swept: () => void sweeps.push(now()),
    look: async () => {
      lookForFull();
      lookAtQueues();
      lookAtDue();
      await lookAtLeftovers();
    },
  };
}
