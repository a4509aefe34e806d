import type { Timed } from './engines/engine.ts';

/** Keeps a {@link Timed} engine going in real time. */
export interface Loop {
  /** Call after anything that may have given the engine something to do. */
  poke(): void;
  stop(): void;
}

/** Longest delay that setTimeout takes, in ms (2^31 - 1; longer ones fire at once). */
const longestTimer = 2_147_483_647;

/** Takes what is due from `engine` when it is due and hands each action to `perform`, which must not throw. */
export function drive<Action>(
  engine: Timed<Action>,
  now: () => number,
  perform: (action: Action) => void,
): Loop {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let scheduled = false;

  const turn = (): void => {
    scheduled = false;
    if (stopped) return;
    for (const action of engine.take()) perform(action);
    plan();
  };
  const plan = (): void => {
    clearTimeout(timer);
    const due = engine.nextDue();
    if (due === undefined || stopped) return;
    const delay = Math.min(Math.max(0, due - now()), longestTimer);
    timer = setTimeout(turn, delay);
  };
  return {
    poke: () => {
      if (scheduled || stopped) return;
      scheduled = true;
      setImmediate(turn);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
