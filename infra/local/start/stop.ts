/** Ends what was started, once, when a signal asks for it or something died. */
export interface Stopper {
  /** Something to end. What was added last ends first. */
  add(end: () => Promise<unknown>): void;
  /** Ends everything, then this process with `code`. */
  stop(code: number): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals that come this soon after the first, in ms, are its echoes: npm passes on what the terminal sends to us as well. */
const echoMs = 2_000;

/** Listens to the signals that end a program. When it takes long, another one ends the process at once. */
export function createStopper(): Stopper {
  const ends: (() => Promise<unknown>)[] = [];
  let stoppingSince: number | undefined;
  const stop = (code: number): void => {
    if (stoppingSince !== undefined) return;
    stoppingSince = performance.now();
    void endAll(ends).then((clean) => process.exit(clean ? code : 1));
  };
  const onSignal = (): void => {
    if (stoppingSince !== undefined && performance.now() - stoppingSince > echoMs) process.exit(1);
    stop(0);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { add: (end) => void ends.push(end), stop };
}

/** Answers whether all of them ended well; one that does not keeps none of the others from ending. */
async function endAll(ends: (() => Promise<unknown>)[]): Promise<boolean> {
  let clean = true;
  for (const end of ends.toReversed()) {
    try {
      await end();
    } catch (error) {
      clean = false;
      process.stderr.write(`while stopping: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  return clean;
}
