import type { Project } from '../../shared/projects/project.ts';
import { jobId } from '../../shared/runs/names.ts';
import type { World } from '../world.ts';
import type { Answer, Ask, Question, Speaker } from './agents-gateway.ts';
import type { Printed } from './agents-log.ts';
import type { Misdeed } from './blame.ts';
import type { Judge } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';
import type { Schedule } from './schedule.ts';

/** A program in a container: what it knows of itself, and what it can do. */
export interface Agent {
  /** Its run, and the name of its agent. */
  run: string;
  name: string;
  /** Its own. */
  chance: Chance;
  world: World;
  ledger: Ledger;
  schedule: Schedule;
  judge: Judge;
  project(): Project;
  /** Turns of its models so far. */
  turns: number;
  /** Rejects when its container is gone, unless it goes on all the same. */
  sleep(ms: number): Promise<void>;
  ask(question: Question): Promise<Answer | undefined>;
  askAs(speaker: Speaker, question: Question): Promise<Answer | undefined>;
  /** It goes on from now on, whatever becomes of its container. */
  outlive(): void;
  /** Prints a line, which Cloud Logging gets. */
  print(line: Printed): void;
  /** Notes what it does to itself. */
  blame(what: Misdeed): void;
}

/** What ends a program whose container is gone. */
export class Gone extends Error {}

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  schedule: Schedule;
  judge: Judge;
  ask: Ask;
  outside: { blame(whom: string, what: Misdeed): void };
}

/** The program of the container of `run` that has just started, with the secret that it was given. */
export function createAgent(given: Surroundings, run: string, secret: string): Agent {
  const { world, ledger, schedule, ask, outside } = given;
  let outlives = false;
  const mustLive = (): void => {
    if (!outlives && !world.running.has(jobId(run))) throw new Gone();
  };
  const askAs: Agent['askAs'] = async (speaker, question) => {
    mustLive();
    return ask(speaker, question);
  };
  return {
    run,
    name: ledger.runs.get(run)?.data.agent ?? '',
    chance: given.chance.fork(`${run} ${world.started.length}`),
    world,
    ledger,
    schedule,
    judge: given.judge,
    project: ledger.project,
    turns: 0,
    outlive: () => {
      outlives = true;
    },
    sleep: async (ms) => {
      await schedule.sleep(ms);
      mustLive();
    },
    askAs,
    ask: (question) => askAs({ run, secret, isOwn: true }, question),
    print: (line) => world.print(run, 'json' in line ? JSON.stringify(line.json) : line.text),
    blame: (what) => outside.blame(run, what),
  };
}

/** The same program, that speaks for somebody else or with another secret. */
export function speakAs(agent: Agent, speaker: Speaker): Agent {
  return {
    ...agent,
    run: speaker.run,
    ask: (question) => agent.askAs(speaker, question),
  };
}
