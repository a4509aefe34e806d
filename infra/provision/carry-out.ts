import type { Clock } from '../../shared/ports/index.ts';
import { withAnswers } from '../deployment/answers.ts';
import type { Command } from '../deployment/kind.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';
import { inLanes } from './lanes.ts';
import { persist } from './persist.ts';
import type { Plan, Step } from './plan.ts';

/** How far a step is; `same`: what it makes was there already, or what it removes was gone. */
export type Progress = 'begun' | 'done' | 'same' | 'failed';

export interface CarryOutOptions {
  clock: Pick<Clock, 'sleep'>;
  /** Told twice of each step, and each time that it has to wait. */
  onStep?: (step: Step, progress: Progress, note?: string) => void;
  onWait?: (step: Step, ms: number, why: string) => void;
  /** Done before each step. */
  before?: (step: Step) => Promise<void>;
  /** Stops between two commands. */
  signal?: AbortSignal;
}

/** Steps that go on at the same time, where they may. Each takes a gcloud process, which takes a second of a processor. */
const stepsAtATime = 4;

/**
 * Does what a plan says: one step after the other, and side by side those next to each other whose lanes are different. Whatever
 * ends it leaves something from which the next plan goes on: each step is either done, or found half done, or not done.
 *
 * Answers whether something was not as the plan took it to be, so that another look is due.
 *
 * @throws what refused a step; no step is begun after it, and those that were go to their end.
 */
export async function carryOut(
  google: Google,
  { steps }: Pick<Plan, 'steps'>,
  { clock, onStep, onWait, before, signal }: CarryOutOptions,
): Promise<{ surprised: boolean }> {
  let surprised = false;
  let isOver = false;
  const carry = async (step: Step): Promise<void> => {
    signal?.throwIfAborted();
    await before?.(step);
    onStep?.(step, 'begun');
    try {
      const isSame = await doStep(google, step, { clock, signal, onWait });
      surprised ||= isSame && step.action !== 'remove';
      onStep?.(step, isSame ? 'same' : 'done');
    } catch (error) {
      onStep?.(step, 'failed', error instanceof Error ? error.message.split('\n')[0] : undefined);
      throw error;
    }
  };
  for (const lanes of sideBySide(steps)) {
    await inLanes(stepsAtATime, lanes, async (lane) => {
      try {
        for (const step of lane) if (!isOver) await carry(step);
      } catch (error) {
        isOver = true;
        throw error;
      }
    });
  }
  return { surprised };
}

/** Steps in stretches, and the steps of each stretch by lane: the stretches one after the other, and so the steps of a lane. */
function sideBySide(steps: readonly Step[]): Step[][][] {
  const stretches: { of: string; lanes: Map<string, Step[]> }[] = [];
  for (const step of steps) {
    const { lane = '', action, resource } = step;
    // A change may need what was made before it: only what is done in the same way goes together.
    const of = step.lane === undefined ? step.title : `${action} ${resource.kind}`;
    const last = stretches.at(-1);
    const lanes = last?.of === of ? last.lanes : new Map<string, Step[]>();
    if (last?.of !== of) stretches.push({ of, lanes });
    lanes.set(lane, [...(lanes.get(lane) ?? []), step]);
  }
  return stretches.map(({ lanes }) => [...lanes.values()]);
}

/** Answers whether any of its commands found done what it should do. */
async function doStep(
  google: Google,
  step: Step,
  {
    clock,
    signal,
    onWait,
  }: {
    clock: Pick<Clock, 'sleep'>;
    signal: AbortSignal | undefined;
    onWait: CarryOutOptions['onWait'];
  },
): Promise<boolean> {
  const answers: unknown[] = [];
  let isSame = false;
  for (const [at, command] of step.commands.entries()) {
    signal?.throwIfAborted();
    const whole = withAnswers(command, answers);
    if (!whole)
      throw new Error(`${step.title}: an earlier command did not answer what this one needs`);
    try {
      const did = (): Promise<unknown> => execute(google, whole);
      answers[at] = await persist(clock, did, ({ message }, ms) => onWait?.(step, ms, message));
    } catch (error) {
      if (!isDoneAlready(step, command, error)) throw error;
      isSame = true;
    }
  }
  return isSame;
}

/** A repeated command, or one whose answer was lost, finds done what it should do. */
function isDoneAlready({ action }: Step, command: Command, error: unknown): boolean {
  if (isRefusal(error, 'already_exists')) return action === 'create' || action === 'replace';
  if (!isRefusal(error, 'not_found')) return false;
  return action === 'remove' || (action === 'replace' && removes(command));
}

function removes(command: Command): boolean {
  if (command.tool === 'api') return command.method === 'DELETE';
  return command.args.some((word) => word === 'delete' || word.startsWith('remove-'));
}
