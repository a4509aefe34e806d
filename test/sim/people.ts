import type { World } from '../world.ts';
import type { Misdeed } from './blame.ts';
import type { Judge } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { createControl } from './people-api.ts';
import { createKills } from './people-kills.ts';
import { breakSomeLock } from './people-locks.ts';
import { all, createPauses } from './people-pauses.ts';
import { askAsStranger } from './people-strangers.ts';
import type { Chance } from './random.ts';
import { createRequests } from './requests.ts';
import type { Schedule } from './schedule.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  schedule: Schedule;
  judge: Judge;
  deliveries: { sent: readonly number[] };
  outside: { blame(whom: string, what: Misdeed): void };
  check(look: () => void): void;
  note(text: string): void;
  watch(work: Promise<unknown>): void;
}

/** Those who use the control API. */
export interface People {
  /** Somebody does something. */
  act(): void;
  /** Somebody has a run killed. */
  killOne(): void;
  /** Somebody resumes all that is paused. */
  resumeAll(): void;
  /** Judges what they were told. */
  judgeAnswers(): void;
}

export function createPeople(given: Surroundings): People {
  const { world, ledger, chance, judge, watch } = given;
  const tell = createControl(given);
  const requests = createRequests({ ...given, tell });
  const pauses = createPauses(ledger, tell);
  const kills = createKills({ ...given, tell });

  const someone = <T>(these: readonly T[]): T | undefined =>
    these[chance.between(0, these.length - 1)];
  const someAgent = (): string => someone(Object.keys(ledger.project().agents)) ?? 'agent-0';
  const someRun = (): string | undefined => {
    const isHasty = chance.happens(0.3);
    const runs = isHasty ? ledger.queued() : ledger.inFlight();
    return someone(runs)?.id;
  };
  const resumeAll = (): void => {
    const paused = ledger.agents().filter(pauses.isPaused);
    for (const agent of paused) watch(pauses.say(agent, 'resume'));
    if (pauses.isPaused(all)) watch(pauses.say(all, 'resume'));
  };
  return {
    act: () => {
      const what = chance.fraction();
      const run = someRun();
      if (what < 0.12) watch(pauses.say(someAgent(), 'pause'));
      else if (what < 0.16) watch(pauses.say(all, 'pause'));
      else if (what < 0.26) resumeAll();
      else if (what < 0.42 && run !== undefined) watch(kills.kill(run));
      else if (what < 0.46) watch(kills.killAll(someAgent(), chance.happens(0.5)));
      else if (what < 0.58) watch(breakSomeLock(tell, chance, judge));
      else if (what < 0.62) watch(askAsStranger(world, ledger, chance));
      else watch(requests.make(someAgent()));
    },
    killOne: () => {
      const run = someRun();
      if (run !== undefined) watch(kills.kill(run));
    },
    resumeAll,
    judgeAnswers: () => {
      requests.judgeAnswers();
      kills.judgeAnswers();
    },
  };
}
