/**
 * A run's life (design: a run's life). The one table that says which event is allowed in which state and what follows;
 * the guard below, the diagram in `docs/architecture.md` and the tests all read it.
 */
export const transitions = {
  queued: { launch: 'launching', drop: 'dropped', cancel: 'cancelled' },
  launching: {
    relaunch: 'launching',
    postpone: 'launching',
    note: 'launching',
    start: 'running',
    fail: 'failed',
    kill: 'killed',
  },
  running: {
    note: 'running',
    stop: 'ending',
    succeed: 'succeeded',
    fail: 'failed',
    time_out: 'timed_out',
    kill: 'killed',
    lose: 'lost',
  },
  ending: {
    note: 'ending',
    succeed: 'succeeded',
    fail: 'failed',
    time_out: 'timed_out',
    kill: 'killed',
    lose: 'lost',
  },
  succeeded: {},
  failed: {},
  timed_out: {},
  killed: {},
  lost: {},
  dropped: {},
  cancelled: {},
} as const satisfies { [state: string]: { [event: string]: string } };

export type RunState = keyof typeof transitions;

type EventsOf<T> = T extends unknown ? keyof T : never;

/** What can happen to a run. */
export type RunEvent = EventsOf<(typeof transitions)[RunState]>;

/** The state after `event` in `state`, or undefined when the event is not allowed there. */
export function next(state: RunState, event: RunEvent): RunState | undefined {
  const events: { readonly [event: string]: RunState } = transitions[state];
  return events[event];
}

/** Whether nothing can happen to a run in this state any more. */
export function isOver(state: RunState): boolean {
  return Object.keys(transitions[state]).length === 0;
}

/** The states in which a run has a slot (D9): it is in flight. */
export const slotStates: readonly RunState[] = ['launching', 'running', 'ending'];

/** Whether a run in this state has a slot. */
export function holdsSlot(state: RunState): boolean {
  return slotStates.includes(state);
}
