import { pauseAgent, pauseProject, resumeAgent, resumeProject } from '../../shared/agents/pause.ts';
import type { Actor } from '../../shared/audit/audit.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Releases } from '../../shared/projects/release.ts';
import { type Killed, killAgent, killRun } from '../../shared/runs/kill.ts';
import { isOver } from '../../shared/runs/states.ts';
import type { World } from '../world.ts';
import type { Misdeed } from './blame.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';
import { createRequests } from './requests.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  deliveries: { sent: readonly string[] };
  outside: { blame(whom: string, what: Misdeed): void };
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

/** Whose word about the whole project it is, beside those about agents. */
const all = 'project';

export function createPeople(given: Surroundings): People {
  const { world, ledger, chance, outside, note, watch } = given;
  const requests = createRequests(given);
  let deeds = 0;
  const somebody = (): Actor => {
    deeds += 1;
    return { who: 'key:octavia', why: `deed ${deeds}` };
  };
  /** Words about pauses so far, by whom they are about, and how many of them have no answer. */
  const words = new Map<string, { said: number; open: number }>();
  const killed = new Map<string, Killed>();

  const answerOf = async <T>(
    what: string,
    work: (ports: Ports, releases: Releases) => Promise<T>,
  ): Promise<T | undefined> => {
    note(`somebody wants to ${what}`);
    try {
      const answer = await world.call('control', work);
      note(`${what}: ${JSON.stringify(answer)}`);
      return answer;
    } catch (error) {
      note(`${what}: no answer (${error instanceof Error ? error.message : error})`);
      return undefined;
    }
  };
  const isPaused = (whom: string): boolean => {
    const paused = whom === all ? ledger.halts.now().paused : ledger.agent(whom).paused;
    return paused !== null;
  };
  /** Whoever is answered finds it so, if nobody else had a word in it meanwhile. */
  const say = async (whom: string, pause: boolean): Promise<void> => {
    const word = words.get(whom) ?? { said: 0, open: 0 };
    words.set(whom, word);
    word.said += 1;
    word.open += 1;
    const { said } = word;
    const isAlone = word.open === 1;
    const actor = somebody();
    const what = `${pause ? 'pause' : 'resume'} ${whom}`;
    const answer = await answerOf(what, (ports) => {
      if (whom === all) return pause ? pauseProject(ports, actor) : resumeProject(ports, actor);
      return pause ? pauseAgent(ports, whom, actor) : resumeAgent(ports, whom, actor);
    });
    // Without an answer it may yet take effect: the word stays open.
    if (answer === undefined) return;
    word.open -= 1;
    if (!isAlone || word.said !== said) return;
    const bySelf = whom !== all && ledger.agent(whom).paused?.by === 'drover';
    const isSo = isPaused(whom) === pause || bySelf;
    hold(isSo, 'pausing', `${what} was answered, and is not so`);
  };
  const hear = (run: string, answer: Killed): void => {
    const { state, stop } = ledger.runs.get(run)?.data ?? {};
    if (state === undefined) return;
    const told = `${run} is ${state}, and somebody was told ${answer}`;
    if (answer === 'cancelled') hold(state === 'cancelled', 'kill', told, run);
    else if (answer === 'killed' || answer === 'over') hold(isOver(state), 'kill', told, run);
    else hold(state === 'ending' || isOver(state), 'kill', told, run);
    if (answer === 'stopping' || answer === 'killed') hold(stop !== null, 'kill', told, run);
    if (answer !== 'over' && answer !== 'unknown') killed.set(run, answer);
  };
  const kill = async (run: string): Promise<void> => {
    outside.blame(run, 'killed the run');
    const actor = somebody();
    const answer = await answerOf(`kill ${run}`, (ports, releases) =>
      killRun(ports, releases, run, actor),
    );
    if (answer !== undefined) hear(run, answer);
  };
  const killAll = async (agent: string, queued: boolean): Promise<void> => {
    outside.blame(agent, 'killed the run');
    const actor = somebody();
    const answers = await answerOf(`kill ${agent}${queued ? ' and its queue' : ''}`, (ports, own) =>
      killAgent(ports, own, agent, actor, { queued }),
    );
    for (const [run, answer] of Object.entries(answers ?? {})) hear(run, answer);
  };
  const someone = <T>(these: readonly T[]): T | undefined =>
    these[chance.between(0, these.length - 1)];
  const someAgent = (): string => someone(Object.keys(ledger.project().agents)) ?? 'agent-0';
  const someRun = (): string | undefined => {
    const isHasty = chance.happens(0.3);
    const runs = isHasty ? ledger.queued() : ledger.inFlight();
    return someone(runs)?.id;
  };

  const resumeAll = (): void => {
    const paused = ledger.agents().filter(isPaused);
    for (const agent of paused) watch(say(agent, false));
    if (isPaused(all)) watch(say(all, false));
  };
  return {
    act: () => {
      const what = chance.fraction();
      const run = someRun();
      if (what < 0.12) watch(say(someAgent(), true));
      else if (what < 0.16) watch(say(all, true));
      else if (what < 0.26) resumeAll();
      else if (what < 0.46 && run !== undefined) watch(kill(run));
      else if (what < 0.5) watch(killAll(someAgent(), chance.happens(0.5)));
      else watch(requests.make(someAgent()));
    },
    killOne: () => {
      const run = someRun();
      if (run !== undefined) watch(kill(run));
    },
    resumeAll,
    judgeAnswers: () => {
      requests.judgeAnswers();
      for (const [run, answer] of killed) {
        const { state, reason } = ledger.runs.get(run)?.data ?? {};
        const isOwn = answer === 'cancelled' ? reason === 'killed' : state !== 'cancelled';
        hold(isOwn, 'kill', `${run} was told to be ${answer} and is ${state} for ${reason}`, run);
      }
    },
  };
}
