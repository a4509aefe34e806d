import type { Exited } from '../../infra/local/engines/run/index.ts';
import { jobId, runOfJob } from '../../shared/runs/names.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import { createAgent } from './agents.ts';
import { createGateway } from './agents-gateway.ts';
import { someExit, tempers, work } from './agents-work.ts';
import type { Misdeed } from './blame.ts';
import type { Container, Start } from './executor.ts';
import type { Judge } from './judge.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  schedule: Schedule;
  judge: Judge;
  outside: {
    blame(whom: string, what: Misdeed): void;
    /** Whether somebody took the job of a run away before anybody could see that it had started. */
    isForgotten(run: string): boolean;
  };
  /** Longest time in ms that a container works between two deeds. */
  longestMs: number;
  note(text: string): void;
  /** Looks after something that nobody waits for. */
  watch(work: Promise<unknown>): void;
  /** Looks whether a law holds. */
  check(look: () => void): void;
}

export interface Containers {
  container: Container;
  /** Ends every container. */
  endAll(): void;
}

/** Containers, each with its program. */
export function createContainers(given: Surroundings): Containers {
  const { world, ledger, chance, outside, note, watch, check } = given;
  const ask = createGateway(given);
  const deeds = chance.pick(tempers);

  const exit = (runId: string, how: Exited): void => {
    if (!world.running.has(jobId(runId))) return;
    note(`container of ${runId} ends: ${JSON.stringify(how)}`);
    watch(world.exit(runId, how));
  };
  const judgeStart = (runId: string, job: string): void => {
    const { state, times, cleanedAt } = ledger.runs.get(runId)?.data ?? {};
    const starts = world.started.filter((started) => started === job).length;
    // One that was ended while it was launched may have its container until it is cleaned up (decision 0011).
    const isLate = times?.running === undefined && cleanedAt === null;
    const mayBe = state !== undefined && (!isOver(state) || isLate);
    hold(mayBe, 'late', `${runId} is ${state}`, runId);
    hold(!world.running.has(job), 'once', `${runId} has two containers at a time`, runId);
    const mayStart = starts === 1 || outside.isForgotten(runId);
    hold(mayStart, 'once', `${runId} is started for the ${starts}th time`, runId);
  };

  return {
    endAll: () => {
      for (const job of [...world.running]) exit(runOfJob(job) ?? '', someExit(chance));
    },
    container: ({ execution, env }: Start) => {
      const job = execution.split('/')[5] ?? '';
      const runId = runOfJob(job) ?? '';
      note(`container of ${runId} starts; the run is ${ledger.runs.get(runId)?.data.state}`);
      check(() => judgeStart(runId, job));
      if (chance.strikes('a container ends at once', 0.2)) return someExit(chance);
      const agent = createAgent({ ...given, ask }, runId, env.SHUTDOWN_SECRET ?? '');
      const { longestMs } = given;
      watch(work(agent, { deeds, longestMs, exit: (how) => exit(runId, how) }));
      return 'runs';
    },
  };
}
