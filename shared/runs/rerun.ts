import type { Agent } from '../projects/project.ts';
import type { Run } from './run.ts';
import { originOf, type RerunTrigger } from './trigger.ts';

/** Whether a run is followed by another of the same cause. */
export type Following =
  | {
      follows: true;
      because: RerunTrigger['because'];
      /** The counts of the run that follows. */
      reruns: number;
      retries: number;
      /** Time in ms before it may start. */
      waitMs: number;
      /** Which one it is, as half a sentence. */
      why: string;
    }
  | {
      follows: false;
      /** Half a sentence. */
      why: string;
    };

/** How many reruns and retries in a row a run is at the end of. */
export function countsOf({ trigger }: Pick<Run, 'trigger'>): { reruns: number; retries: number } {
  return trigger.type === 'rerun' ? trigger : { reruns: 0, retries: 0 };
}

/**
 * Whether a run that asked to run again does, by exit code 42: what a schedule or a person started does, at once and up to
 * `maxReruns` times in a row. What an event started does not, as the agent contract has it: the event was dealt with. Pure.
 */
export function rerun(
  run: Pick<Run, 'trigger'>,
  { maxReruns }: Pick<Agent, 'maxReruns'>,
): Following {
  const { type } = originOf(run.trigger);
  if (type !== 'schedule' && type !== 'manual') {
    const why = 'it does not run again: only what a schedule or a person started does';
    return { follows: false, why };
  }
  const { reruns } = countsOf(run);
  if (reruns >= maxReruns) {
    return {
      follows: false,
      why: `it does not run again: its maxReruns is ${maxReruns}`,
    };
  }
  return {
    follows: true,
    because: 'asked',
    reruns: reruns + 1,
    retries: 0,
    waitMs: 0,
    why: `rerun ${reruns + 1} of at most ${maxReruns}`,
  };
}
