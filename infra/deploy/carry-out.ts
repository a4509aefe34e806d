import type { Clock } from '../../shared/ports/index.ts';
import { CloudError } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { execute, type Google, isRefusal } from '../gcloud/google.ts';
import { persist } from '../provision/persist.ts';
import { adminWritesOf, createPacer, type Pacer } from './admin-writes.ts';
import type { Stage, Step } from './step.ts';

export interface CarryOutOptions {
  clock: Clock;
  /** Told of each step, twice. */
  onStep(step: Step, state: 'begun' | 'done' | 'failed', note?: string): void;
  /** Told when a step has to wait, for how many ms, and why. */
  onWait?(step: Step, ms: number, why: string): void;
  /** Told what a step that lasts long is doing elsewhere, line by line. */
  onLine?(step: Step, line: string): void;
  /** Done before each step, and now and then while one lasts long. */
  before?(): Promise<void>;
  /** Stops between two commands. */
  signal?: AbortSignal | undefined;
}

/**
 * Does what the stages say. After a failure no further step is begun; those that are under way come to their end, and the first
 * failure is thrown. What was done stays done: the next plan does not have it.
 *
 * @throws Failure, GoogleRefusal
 */
export async function carryOut(
  google: Google,
  stages: readonly Stage[],
  options: CarryOutOptions,
): Promise<void> {
  const { onStep, before, signal } = options;
  const pace = createPacer(options.clock);
  for (const { steps, lanes } of stages) {
    const waiting = [...steps];
    const failures: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let step = waiting.shift(); step; step = waiting.shift()) {
        let isBegun = false;
        try {
          signal?.throwIfAborted();
          await before?.();
          onStep(step, 'begun');
          isBegun = true;
          onStep(step, 'done', await doStep(google, step, pace, options));
        } catch (error) {
          if (isBegun) onStep(step, 'failed', firstLine(error));
          failures.push(error);
          waiting.length = 0;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(lanes, steps.length) }, lane));
    if (failures.length > 0) throw asTold(failures[0]);
  }
}

async function doStep(
  google: Google,
  step: Step,
  pace: Pacer,
  { clock, onWait, onLine, before, signal }: CarryOutOptions,
): Promise<string | undefined> {
  const patiently = <T>(work: () => Promise<T>): Promise<T> =>
    persist(clock, work, ({ message }, ms) => onWait?.(step, ms, message));
  const { run } = step;
  if (run) {
    const watching = {
      clock,
      signal,
      onLine: (line: string) => onLine?.(step, line),
      beat: async () => before?.(),
    };
    return patiently(() => run(watching));
  }
  for (const command of step.commands) {
    signal?.throwIfAborted();
    await afterOthers(
      clock,
      (why) => onWait?.(step, underWayMs, why),
      () =>
        patiently(async () => {
          await pace(adminWritesOf(command));
          await execute(google, command);
        }),
    );
  }
  return undefined;
}

/** How long to wait, and how often, for what Google still does to a function: one that was interrupted goes on there, and is built for minutes. */
const underWayMs = 15_000;
const underWayLooks = 40;

async function afterOthers(
  clock: Clock,
  onWait: (why: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  for (let look = 1; ; look += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isUnderWay =
        isRefusal(error) &&
        /unable to queue the operation|operation[^\n]*in progress/i.test(error.message);
      if (!isUnderWay || look === underWayLooks) throw error;
      onWait(error.message);
      await clock.sleep(underWayMs);
    }
  }
}

/** Tells a person how far the steps are. */
export function reportingTo({
  print,
}: Pick<Context, 'print'>): Required<Pick<CarryOutOptions, 'onStep' | 'onWait' | 'onLine'>> {
  return {
    onStep: ({ title }, state, note) =>
      print({ kind: 'step', title, state, ...(note === undefined ? {} : { note }) }),
    onWait: ({ title }, ms, why) =>
      print({
        kind: 'note',
        text: `${title}: again in ${ms / 1_000} s (${why.split('\n')[0] ?? ''})`,
      }),
    onLine: ({ title }, line) => print({ kind: 'log', title, line }),
  };
}

/** What failed, as a person is told: a port's refusal is Google's, and a build of a function that failed says where its log is. */
export function asTold(error: unknown): unknown {
  const refusal = error instanceof CloudError ? error.cause : error;
  if (!isRefusal(refusal)) return error;
  if (!/\bbuild\b[^\n]*\b(failed|FAILURE|TIMEOUT|INTERNAL_ERROR)\b/i.test(refusal.message)) {
    return refusal;
  }
  const details = [...refusal.message.split('\n'), `refused: ${refusal.command}`];
  return new Failure('BUILD_FAILED', undefined, { details, cause: refusal });
}

function firstLine(error: unknown): string | undefined {
  return error instanceof Error ? error.message.split('\n')[0] : undefined;
}
