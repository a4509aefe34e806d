import type { Exited } from '../../infra/local/engines/run/index.ts';
import type { Data } from '../../shared/ports/index.ts';
import { longestHead } from '../../shared/runs/long-text.ts';
import { jobId, runOfJob } from '../../shared/runs/names.ts';
import { longestStatus, type Signal, signal } from '../../shared/runs/signal.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import type { Container, Start } from './executor.ts';
import { afterEnd, hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import { lockSomething } from './locking.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  schedule: Schedule;
  judge: { locks: { holderOf(key: string, fence: number): string | undefined } };
  /** Longest time in ms that a container works, if it is not stopped. */
  longestMs: number;
  /** Whether somebody took the job of a run away before anybody could see that it had started. */
  mayStartAgain(runId: string): boolean;
  note(text: string): void;
  /** Looks after something that nobody waits for. */
  watch(work: Promise<unknown>): void;
  /** Looks whether a law holds. */
  check(look: () => void): void;
}

/** Time in ms after its container for which something of an agent may still speak. */
const afterlifeMs = 120_000;

export interface Containers {
  container: Container;
  /** Signals of a run that were answered with yes. */
  heard: Map<string, number>;
  /** Ends every container. */
  endAll(): void;
}

/** What agents do in their containers: work for a while, speak in bursts, and sometimes go on after their end. */
export function createContainers(given: Surroundings): Containers {
  const { world, ledger, chance, schedule, note, watch, check } = given;
  const heard = new Map<string, number>();

  const speak = async (runId: string, secret: string): Promise<void> => {
    const wasOver = isRunOver(ledger, runId);
    const said = someSignal(chance);
    if (wasOver) return speakInVain(world, runId, secret, said);
    let answer: boolean | undefined;
    try {
      answer = await world.call('gateway', (ports) => signal(ports, secret, said));
    } catch {
      return;
    }
    note(`${runId} says ${said.kind}: ${answer}`);
    if (answer) heard.set(runId, (heard.get(runId) ?? 0) + 1);
  };
  const planBursts = (runId: string, secret: string, lifeMs: number): void => {
    for (let bursts = chance.between(0, 3); bursts > 0; bursts -= 1) {
      let at = schedule.now() + chance.between(0, lifeMs + afterlifeMs);
      for (let count = chance.spread(1, 15); count > 0; count -= 1) {
        schedule.at(at, () => watch(speak(runId, secret)));
        at += chance.between(0, 100);
      }
    }
  };
  const planLocks = (runId: string, secret: string, lifeMs: number): void => {
    for (let times = chance.happens(0.4) ? chance.between(1, 6) : 0; times > 0; times -= 1) {
      const at = schedule.now() + chance.between(0, lifeMs + afterlifeMs / 10);
      schedule.at(at, () => watch(lockSomething(given, runId, secret)));
    }
  };
  const exit = (runId: string, how: Exited): void => {
    if (!world.running.has(jobId(runId))) return;
    note(`container of ${runId} ends: ${JSON.stringify(how)}`);
    watch(world.exit(runId, how));
  };

  return {
    heard,
    endAll: () => {
      for (const job of [...world.running]) exit(runOfJob(job) ?? '', someExit(chance));
    },
    container: (start: Start) => {
      const runId = runOfJob(start.execution.split('/')[5] ?? '') ?? '';
      const { state, times, cleanedAt } = ledger.runs.get(runId)?.data ?? {};
      note(`container of ${runId} starts; the run is ${state}`);
      const job = jobId(runId);
      const starts = world.started.filter((started) => started === job).length;
      check(() => {
        // One that was ended while it was launched may have its container until it is cleaned up (decision 0011).
        const isLate = times?.running === undefined && cleanedAt === null;
        const mayBe = state !== undefined && (!isOver(state) || isLate);
        hold(mayBe, 'late', `${runId} is ${state}`, runId);
        hold(!world.running.has(job), 'once', `${runId} has two containers at a time`, runId);
        const mayStart = starts === 1 || given.mayStartAgain(runId);
        hold(mayStart, 'once', `${runId} is started for the ${starts}th time`, runId);
      });
      const lifeMs = chance.happens(0.2) ? 0 : chance.spread(200, given.longestMs);
      planBursts(runId, start.env.SHUTDOWN_SECRET ?? '', lifeMs);
      planLocks(runId, start.env.SHUTDOWN_SECRET ?? '', lifeMs);
      if (lifeMs === 0) return someExit(chance);
      schedule.at(schedule.now() + lifeMs, () => exit(runId, someExit(chance)));
      return 'runs';
    },
  };
}

/** Whoever speaks for a run that is over hears no, and the document stays as it was. */
async function speakInVain(
  { ports }: World,
  runId: string,
  secret: string,
  said: Signal,
): Promise<void> {
  const before = await ports.documents.get(`runs/${runId}`);
  const answer = await signal(ports, secret, said);
  const after = await ports.documents.get(`runs/${runId}`);
  hold(!answer, 'signals', `${runId} is over and was heard`, runId);
  // Somebody else may just have cleaned up.
  const lasting = (data: Data = {}): string =>
    JSON.stringify(Object.entries(data).filter(([field]) => !afterEnd.has(field)));
  const same = before?.version === after?.version || lasting(before?.data) === lasting(after?.data);
  hold(same, 'signals', `${runId} is over and was changed`, runId);
}

function isRunOver(ledger: Ledger, runId: string): boolean {
  const run = ledger.runs.get(runId);
  return run !== undefined && isOver(run.data.state);
}

function someSignal(chance: Chance): Signal {
  if (chance.happens(0.1)) return { kind: 'rerun' };
  const letter = chance.pick(['a', '"', '火', '😀']);
  const some = (longest: number, length: number): string =>
    letter.repeat(Math.floor(chance.spread(length, longest) / length));
  return chance.happens(0.2)
    ? { kind: 'return', value: some(2 * longestHead, Buffer.byteLength(letter)) }
    : { kind: 'status', text: some(longestStatus, letter.length) };
}

/** How a container ends by itself. */
export function someExit(chance: Chance): Exited {
  if (chance.happens(0.1)) return { signal: chance.pick([9, 11, 15]) };
  return { exitCode: chance.pick([0, 0, 0, 0, 1, 1, 13, 42, 42, 124]) };
}
