import type { Shell } from './shell.ts';
import { visible } from './visible.ts';

/** Says of what lasts long that it goes on. */
export interface Progress {
  begin(title: string): void;
  end(title: string): void;
  /** Takes the mark away, so that a line may be written. */
  clear(): void;
  /** Shows the mark again, if anything goes on. */
  show(): void;
}

/** How often the mark of a terminal changes, in ms. */
const turnMs = 500;
/** How often a line is written where nothing can be written over, in ms. */
const lineMs = 20_000;
const turns = ['|', '/', '-', '\\'] as const;
/** Longest mark: a terminal that breaks it would not take it back. */
const longest = 78;
/** Back to the beginning of the line, and away with what stands there. */
const wipe = '\r\u001b[K';

/** The mark stands on standard error: what is piped elsewhere has none of it. */
export function createProgress({
  err,
  elapsed,
  every,
}: Pick<Shell, 'err' | 'elapsed' | 'every'>): Progress {
  const running = new Map<string, number>();
  let stop: (() => void) | undefined;
  let isShown = false;
  let turn = 0;

  const clear = (): void => {
    if (isShown) err.write(wipe);
    isShown = false;
  };
  const show = (): void => {
    const [first] = running;
    if (!first || !err.isTerminal) return;
    const [title, since] = first;
    const others = running.size > 1 ? `, and ${running.size - 1} more` : '';
    const mark = `${turns[turn % turns.length]} ${wholeSeconds(elapsed() - since)}  ${visible(title)}${others}`;
    err.write(`${isShown ? wipe : ''}${mark.slice(0, longest)}`);
    isShown = true;
  };
  const tellOn = (): void => {
    for (const [title, since] of running) {
      err.write(`still ${wholeSeconds(elapsed() - since)}  ${visible(title)}\n`);
    }
  };
  return {
    clear,
    show,
    begin: (title) => {
      running.set(title, elapsed());
      show();
      stop ??= err.isTerminal
        ? every(turnMs, () => {
            turn += 1;
            show();
          })
        : every(lineMs, tellOn);
    },
    end: (title) => {
      running.delete(title);
      clear();
      if (running.size > 0) return;
      stop?.();
      stop = undefined;
    },
  };
}

function wholeSeconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`.padStart(6);
}
