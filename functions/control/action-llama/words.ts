import type { Run } from '../../../shared/runs/run.ts';
import { isOver, type RunState, slotStates } from '../../../shared/runs/states.ts';
import { originOf, type Trigger } from '../../../shared/runs/trigger.ts';

/** What a run came to, in Action Llama's words; a run that waits or runs has one as well. */
export type Result = 'pending' | 'running' | 'completed' | 'rerun' | 'error' | 'dead-letter';

/** The states that each of its words stands for. */
export const statesOf: { readonly [result in Result]: readonly RunState[] } = {
  pending: ['queued'],
  running: slotStates,
  completed: ['succeeded'],
  rerun: ['succeeded'],
  error: ['failed', 'timed_out', 'killed', 'lost', 'cancelled'],
  'dead-letter': ['dropped'],
};

export const inFlight = statesOf.running;
export const ended: readonly RunState[] = [
  ...statesOf.completed,
  ...statesOf.error,
  ...statesOf['dead-letter'],
];

export function isResult(word: string): word is Result {
  return Object.hasOwn(statesOf, word);
}

export function resultOf({ state, reason }: Run): Result {
  if (state === 'succeeded') return reason === 'rerun_requested' ? 'rerun' : 'completed';
  const found = Object.entries(statesOf).find(([, states]) => states.includes(state));
  return (found?.[0] as Result | undefined) ?? 'error';
}

/** What asked for a run, in its words: who follows another is asked for by what asked for that one. */
export function triggerOf(trigger: Trigger): { type: string; source: string | null } {
  const origin = originOf(trigger);
  switch (origin.type) {
    case 'webhook':
    case 'replay':
      return { type: 'webhook', source: origin.source };
    case 'call':
      return { type: 'agent', source: origin.chain.at(-1) ?? null };
    default:
      return { type: origin.type, source: null };
  }
}

/** The same as one text: `webhook:github`. */
export function triggerText(trigger: Trigger): string {
  const { type, source } = triggerOf(trigger);
  return source === null ? type : `${type}:${source}`;
}

/** When a run began, in ms since the epoch: its container, or what of it there is. */
export function begunAt({ times, admittedAt }: Run): number {
  const begun = times.running ?? times.launching;
  return begun === undefined ? admittedAt.getTime() : Date.parse(begun);
}

/** How long a run took, in ms; 0 for one whose container never started, null for one that is not over. */
export function tookMs({ state, times }: Run): number | null {
  if (!isOver(state)) return null;
  const { running, [state]: end } = times;
  return running === undefined || end === undefined ? 0 : Date.parse(end) - Date.parse(running);
}

/** A number of a query as Action Llama reads it: what is none, or out of bounds, is brought into them. */
export function bounded(value: string | undefined, usual: number, least: number, most: number) {
  const number = Number.parseInt(value ?? '', 10);
  return Math.min(most, Math.max(least, Number.isNaN(number) ? usual : number));
}
