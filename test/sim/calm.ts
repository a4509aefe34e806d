import { runLabel, runResource } from '../../shared/runs/labels.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import { hold, scaleOf } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Schedule } from './schedule.ts';

/** How long somebody may wait for a free slot, or for being looked at, when nothing goes wrong; in ms. */
const longestWaitMs = 3 * 60_000;
/** Sweeps after which nothing of a run that is over is left. */
const enoughSweeps = 3;
/** How long a sweep's wake-ups need, in ms. */
const sweepTakesMs = 5_000;

/** Judges what must hold when nothing goes wrong for a while. */
export interface Calm {
  /** Something goes wrong, or is still wrong. */
  disturbed(): void;
  /** A commit took effect. */
  committed(launched: boolean): void;
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
      const from = Math.max(since, lastLaunch, lastFull.get(agent) ?? 0, data.admittedAt.getTime());
      const waits = now() - from;
      const what = `${id} has waited for ${Math.round(waits / 1_000)} s beside a free slot`;
      hold(waits <= longestWaitMs, 'waiting', what, id);
    }
  };
  const lookAtDue = (): void => {
    for (const { id, data } of ledger.runs.values()) {
      // Whoever is queued may have to wait, and is told of by its wait for a free slot.
      if (data.dueAt === null || data.state === 'queued') continue;
      const late = now() - Math.max(since, data.dueAt.getTime());
      const what = `${id} is ${data.state} and overdue for ${Math.round(late / 1_000)} s`;
      hold(late <= longestWaitMs, 'due', what, id);
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
      const from = Math.max(since, overSince.get(run) ?? Number.POSITIVE_INFINITY);
      const passed = sweeps.filter((at) => at >= from && at <= now() - sweepTakesMs).length;
      hold(passed < enoughSweeps, 'swept', `${id} is there after ${passed} sweeps`, run);
    }
  };

  return {
    disturbed: () => {
      since = now();
      sweeps = [];
    },
    committed: (launched) => {
      if (launched) lastLaunch = now();
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
