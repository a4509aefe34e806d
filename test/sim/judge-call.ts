import { type Call, callErrors, callPath, defaultCallDepth } from '../../shared/calls/call.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { Run } from '../../shared/runs/run.ts';
import { isOver } from '../../shared/runs/states.ts';
import { originOf } from '../../shared/runs/trigger.ts';
import type { Case } from './case.ts';
import { hold } from './laws.ts';
import type { Entry, RunChange } from './ledger.ts';

/** How long a call may be open, in ms. */
const longestCallMs = 2 * 60 * 60_000;

/** Judges calls: how they are made, answered, and given up. */
export function createCallJudge() {
  const calls = new Map<string, Call>();
  /** Calls without an answer, by the run that made them. */
  const open = new Map<string, Set<string>>();
  /** Which commit answered a call. */
  const answered = new Map<string, number>();

  const judgeNew = (given: Case, id: string, call: Call): void => {
    const run = admittedBy(given, (trigger) => trigger.type === 'call' && trigger.call === id);
    hold(run?.id === call.run, 'callMade', `call ${id} names ${call.run}, not ${run?.id}`);
    hold(call.state === 'pending', 'callMade', `call ${id} begins as ${call.state}`);
    hold(run?.data.agent === call.agent, 'callMade', `call ${id} is of ${call.agent}`, run?.id);
  };
  const judgeAnswer = (given: Case, id: string, before: Call, after: Call): void => {
    const { committed, ledger, now } = given;
    const said = `call ${id}: ${before.state}, then ${after.state} ${after.error ?? ''}`;
    const run = before.run ?? undefined;
    hold(before.state === 'pending', 'callAnswered', `${said}: it had its answer`, run);
    const end = committed.runs.find(({ entry }) => entry.id === before.run);
    if (after.state === 'pending') {
      const next = end && hasEnded(end) ? end.entry.data.next : undefined;
      hold(after.run === next, 'callAnswered', `${said}: left to ${after.run}, not ${next}`, run);
      return;
    }
    answered.set(id, committed.number);
    const isLate = now - before.at.getTime() >= longestCallMs;
    if (after.error === callErrors.late) {
      hold(isLate, 'callAnswered', `${said}: it is not late`, run);
    } else if (after.error === callErrors.orphaned) {
      const caller = ledger.runs.get(before.caller);
      const isGone = caller !== undefined && isOver(caller.data.state);
      hold(isGone, 'callAnswered', `${said}: its caller is ${caller?.data.state}`, run);
    } else {
      hold(end !== undefined && hasEnded(end), 'callAnswered', `${said}: its run goes on`, run);
      if (!end) return;
      const { data } = end.entry;
      hold(isAnswerOf(after, data), 'callAnswered', `${said}: not so`, run);
      hold(data.next === null, 'callAnswered', `${said}: ${data.next} tries again`, run);
    }
  };
  const judgeEnd = ({ entry: { id, data } }: RunChange): void => {
    const own = [...(open.get(id) ?? [])];
    hold(own.length === 0, 'callOrphaned', `${id} is ${data.state} and waits for ${own}`, id);
    const origin = originOf(data.trigger);
    if (origin.type !== 'call' || origin.call === null) return;
    const call = calls.get(origin.call);
    // One that was given up by its caller, or late, has its answer already; a retry has the call of the run before.
    const waits = call?.state === 'pending' && call.run === id;
    hold(
      !waits,
      'callAnswered',
      `${id} is ${data.state}, and call ${origin.call} waits for it`,
      id,
    );
  };

  return {
    judge: (given: Case): void => {
      const { committed } = given;
      for (const { path, data } of committed.documents) {
        if (!path.startsWith('calls/')) continue;
        const id = path.slice('calls/'.length);
        const [before, after] = [calls.get(id), data as Call];
        if (before) judgeAnswer(given, id, before, after);
        else judgeNew(given, id, after);
        calls.set(id, after);
        const own = open.get(after.caller) ?? new Set();
        open.set(after.caller, own);
        if (after.state === 'pending') own.add(id);
        else own.delete(id);
      }
      for (const { entry, before } of committed.runs) if (!before) judgeCalled(given, entry);
      for (const change of committed.runs.filter(hasEnded)) judgeEnd(change);
    },
    /** What a call's document says. */
    known: (id: string): Call | undefined => calls.get(id),
    /** Whether a call had its answer before so many commits. */
    wasAnswered: (id: string, commits: number): boolean =>
      (answered.get(id) ?? Number.POSITIVE_INFINITY) <= commits,
  };
}

export type CallJudge = ReturnType<typeof createCallJudge>;

/** A run that an agent called for: its caller lives and says so, and the rules of some release that was known allow it. */
function judgeCalled({ ledger, committed, projects }: Case, { id, data }: Entry): void {
  const { trigger } = data;
  if (trigger.type !== 'call') return;
  const change = committed.runs.find(({ entry }) => entry.id === trigger.caller);
  const caller = change?.entry;
  const lives = caller !== undefined && ledger.isInFlight(caller);
  hold(lives, 'callMade', `${id} was called for by ${trigger.caller}, who is over`, id);
  if (!caller) return;
  const says = caller.data.calls.at(-1) === id;
  hold(says, 'callMade', `${caller.id} does not say that it called for ${id}`, id);
  const chain = chainOf(caller.data);
  const isBelow = trigger.chain.join() === chain.join() && trigger.depth === chain.length;
  hold(isBelow, 'callMade', `${id} stands below ${trigger.chain}, not ${chain}`, id);
  const refused = projects.map((project) => refusalFor(caller.data, data.agent, project));
  hold(refused.includes(undefined), 'callMade', `${id} was to be refused: ${refused[0]}`, id);
  if (trigger.call === null) return;
  const call = committed.documents.find(({ path }) => path === callPath(trigger.call ?? ''));
  hold(call !== undefined, 'callMade', `${id} is of call ${trigger.call}, which is not there`, id);
}

/** The agents above a run that `caller` calls for, its own included. */
function chainOf({ agent, trigger }: Run): string[] {
  const origin = originOf(trigger);
  return origin.type === 'call' ? [...origin.chain, agent] : [agent];
}

/** What the agent contract answers to a call that cannot be, in its order; undefined: it can be. */
export function refusalFor(caller: Run, target: string, project: Project): string | undefined {
  const chain = chainOf(caller);
  if (target === caller.agent) return 'agent cannot call itself';
  if (chain.length > (project.maxCallDepth ?? defaultCallDepth))
    return 'trigger depth limit reached';
  if (chain.includes(target)) {
    return `agent "${target}" is in the chain of calls already: ${chain.join(' > ')}`;
  }
  const agent = Object.hasOwn(project.agents, target) ? project.agents[target] : undefined;
  if (!agent) return `target agent "${target}" not found`;
  return agent.scale === 0 ? `target agent "${target}" is disabled` : undefined;
}

function hasEnded({ entry, before }: RunChange): boolean {
  return before !== undefined && !isOver(before.state) && isOver(entry.data.state);
}

/** Whether an answer says how its run has ended. */
function isAnswerOf({ state, error, returnValue, returnBytes }: Call, run: Run): boolean {
  if (run.state === 'succeeded') {
    const isSame = returnValue === run.returnValue && returnBytes === run.returnBytes;
    return state === 'completed' && error === null && isSame;
  }
  const errors: { readonly [state: string]: string } = {
    dropped: callErrors.dropped,
    cancelled: callErrors.cancelled,
  };
  const isEmpty = returnValue === null;
  return state === 'error' && isEmpty && error === (errors[run.state] ?? callErrors.failed);
}

function admittedBy(
  { committed }: Case,
  isCause: (trigger: Run['trigger']) => boolean,
): Entry | undefined {
  return committed.runs.find(({ entry, before }) => !before && isCause(entry.data.trigger))?.entry;
}
