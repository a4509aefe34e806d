import { type Ask, isSame, type Told } from './ask.ts';
import { shrink } from './shrink.ts';
import { inOrder, type Threads } from './threads.ts';

/** A shorter life that breaks the same law. */
export interface ShrunkLife {
  ask: Ask;
  told: Told;
  /** Lives that it took to find it. */
  lives: number;
  /** Whether no mishap of it can be left out alone: it did not stop for the number of lives. */
  isMinimal: boolean;
}

/** Length of what a storm is made of, in ms: it ends between two of them. */
const sliceMs = 10_000;
const minuteMs = 60_000;

/**
 * Looks for the shortest life that breaks the same law: cuts the storm, leaves out mishaps, cuts the storm again, and takes fewer
 * minutes. The same for the same life, however many threads look.
 *
 * @param broken What came of living `ask`.
 */
export async function shrinkLife(
  threads: Pick<Threads, 'live'>,
  ask: Ask,
  broken: Told,
  { ahead, mostLives }: { ahead: number; mostLives: number },
): Promise<ShrunkLife> {
  let best = { ask, told: broken };
  let lives = 0;
  const isAsBad = (told: Told): boolean =>
    isSame(told.broken, broken.broken) && told.mishaps.length <= best.told.mishaps.length;
  const attempt = async (change: Partial<Ask>): Promise<boolean> => {
    if (lives >= mostLives) return false;
    lives += 1;
    const changed = { ...best.ask, ...change };
    const told = await threads.live(changed);
    if (!isAsBad(told)) return false;
    best = { ask: changed, told };
    return true;
  };
  /** Halves the time in which the life still fails, as often as it can be halved. */
  const cutStorm = async (): Promise<void> => {
    const seen = slicesOf(best.told.broken?.afterMs ?? 0);
    let high = slicesOf(best.ask.quietAfterMs ?? best.ask.minutes * minuteMs);
    if (seen < high && (await attempt({ quietAfterMs: seen * sliceMs }))) high = seen;
    for (let low = 0; low < high; ) {
      const middle = Math.floor((low + high) / 2);
      if (await attempt({ quietAfterMs: middle * sliceMs })) high = middle;
      else low = middle + 1;
    }
  };
  const leaveOut = async (): Promise<boolean> => {
    const { ask: from, told } = best;
    async function* attempts(onlys: Iterable<readonly string[]>) {
      for await (const lived of inOrder(threads, asksOf(from, onlys), ahead)) {
        yield isSame(lived.broken, broken.broken) ? lived : undefined;
      }
    }
    const shrunk = await shrink(told, attempts, mostLives - lives);
    lives += shrunk.lives;
    best = { ask: withOnly(from, idsOf(shrunk.lived)), told: shrunk.lived };
    return shrunk.isMinimal;
  };

  await cutStorm();
  const isMinimal = await leaveOut();
  await cutStorm();
  await takeFewerMinutes(best.ask, attempt);
  // What has not happened in it any more need not be named.
  return { ask: withOnly(best.ask, idsOf(best.told)), told: best.told, lives, isMinimal };
}

function slicesOf(ms: number): number {
  return Math.ceil(ms / sliceMs);
}

/** A storm that is cut takes no longer than it lasts. */
async function takeFewerMinutes(
  { minutes, quietAfterMs }: Ask,
  attempt: (change: Partial<Ask>) => Promise<boolean>,
): Promise<void> {
  if (quietAfterMs === undefined) return;
  const least = Math.max(1, Math.ceil(quietAfterMs / minuteMs));
  if (least < minutes) await attempt({ minutes: least });
}

function* asksOf(ask: Ask, onlys: Iterable<readonly string[]>): Generator<Ask> {
  for (const only of onlys) yield withOnly(ask, only);
}

/** What is left out by number is left out by id then: numbers are of a life with all the rest. */
function withOnly({ without: _, ...ask }: Ask, only: readonly string[]): Ask {
  return { ...ask, only };
}

function idsOf({ mishaps }: Told): string[] {
  return mishaps.map(({ id }) => id);
}
