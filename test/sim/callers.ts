import { promiseHooks } from 'node:v8';

/**
 * Says whose doing what goes on now is: it stays with somebody across whatever they wait for. Node's `AsyncLocalStorage` does the
 * same and keeps books of every promise. Only promises are followed, and not timers or ticks:
 * nothing in a life waits for anything else.
 */
export function followCallers<Caller>() {
  const mark = Symbol('caller');
  type Marked = Promise<unknown> & { [mark]?: Caller | undefined };
  let current: Caller | undefined;
  promiseHooks.createHook({
    init: (promise: Marked) => {
      if (current !== undefined) promise[mark] = current;
    },
    before: (promise: Marked) => {
      current = promise[mark];
    },
    after: () => {
      current = undefined;
    },
  });
  return {
    /** Whose doing this is; undefined: nobody's. */
    current: (): Caller | undefined => current,
    /** Does something as somebody. */
    as: <T>(caller: Caller, work: () => T): T => {
      const before = current;
      current = caller;
      try {
        return work();
      } finally {
        current = before;
      }
    },
  };
}
