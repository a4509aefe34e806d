import type { Exited } from '../../infra/local/engines/run/index.ts';
import { type Agent, Gone } from './agents.ts';
import { goOn, speakFalsely } from './agents-afterlife.ts';
import { callAnother } from './agents-call.ts';
import { workUnderLocks } from './agents-lock.ts';
import { printSomething } from './agents-log.ts';
import { tellSomething } from './agents-signal.ts';
import { shutItselfDown } from './agents-stop.ts';
import type { Chance } from './random.ts';

type Deed = (agent: Agent) => Promise<void>;

type Deeds = readonly [Deed, ...Deed[]];

/** What agents do in a life: a little of everything, or one thing so often that they get into each other's way. */
export const tempers: readonly [Deeds, ...Deeds[]] = [
  [tellSomething, tellSomething, workUnderLocks, workUnderLocks, callAnother, printSomething],
  [workUnderLocks, workUnderLocks, workUnderLocks, callAnother],
  [callAnother, callAnother, tellSomething, tellSomething, printSomething],
  [tellSomething, printSomething],
];

/** How a container's program goes on. */
export interface Course {
  /** It has come to an end by itself. */
  exit(how: Exited): void;
  /** What it does, if anything. */
  deeds: Deeds;
  /** Longest time in ms that it works between two deeds. */
  longestMs: number;
}

/**
 * What a program does in its container: works for a while, does this and that, and comes to an end; some hang until they are
 * stopped, some go on to speak afterwards.
 */
export async function work(agent: Agent, { exit, deeds, longestMs }: Course): Promise<void> {
  const { chance } = agent;
  const outlives = chance.strikes('outlives its container', 0.15);
  try {
    for (let left = chance.pick([0, 1, 1, 2, 2, 3]); left > 0; left -= 1) {
      await agent.sleep(chance.spread(100, longestMs));
      await chance.pick(deeds)(agent);
    }
    await agent.sleep(chance.spread(100, longestMs));
    if (chance.strikes('speaks falsely', 0.1)) await speakFalsely(agent);
    if (chance.strikes('shuts itself down', 0.04)) await shutItselfDown(agent);
    if (!chance.strikes('hangs', 0.04)) exit(someExit(chance));
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  }
  if (!outlives) return;
  agent.outlive();
  await goOn(agent);
}

/** How a container ends by itself. */
export function someExit(chance: Chance): Exited {
  if (chance.strikes('crashes', 0.1)) return { signal: chance.pick([9, 11, 15]) };
  if (chance.strikes('fails', 0.3)) return { exitCode: chance.pick([1, 1, 13, 124]) };
  return { exitCode: chance.pick([0, 0, 0, 42]) };
}
