import type { LockQuestion } from './judge-lock-answer.ts';
import { hold } from './laws.ts';
import type { LockTrail, Moment, Span } from './lock-trail.ts';

/** How often in a row the runs of a ring may ask in vain before one of them is told of it: they disturb each other's search. */
const mostMisses = 6;
const longestRing = 32;

/** A run that waits, for what, who has that, and under which fence. */
interface Link {
  run: string;
  key: string;
  holder: string;
  fence: number;
}

/** Judges rings of runs that wait for each other: none is made up, and none is passed over. */
export function createDeadlockJudge(trail: LockTrail) {
  /** How often in a row a ring was passed over, by its runs and keys. */
  const misses = new Map<string, { fences: string; count: number }>();

  const ringAt = (run: string, key: string, moment: Moment): Link[] | undefined => {
    const ring: Link[] = [];
    for (let [from, wanted] = [run, key]; ring.length < longestRing; ) {
      const lock = trail.heldAt(wanted, moment);
      if (!lock?.holder) return undefined;
      ring.push({ run: from, key: wanted, holder: lock.holder, fence: lock.fence });
      if (lock.holder === run) return from === run ? undefined : ring;
      const next = trail.wantedAt(lock.holder, moment);
      if (next === undefined || ring.some((link) => link.run === lock.holder)) return undefined;
      [from, wanted] = [lock.holder, next];
    }
    return undefined;
  };
  /** The ring that was there through the whole of a span, whatever its runs did meanwhile. */
  const lastingRing = ({ run, key, span }: LockQuestion): Link[] | undefined => {
    const [first, ...others] = trail.momentsIn(span);
    const ring = first && ringAt(run, key, first);
    if (!ring) return undefined;
    const isThere = (moment: Moment): boolean =>
      ring.every((link) => {
        const lock = trail.heldAt(link.key, moment);
        const isHeld = lock?.holder === link.holder && lock.fence === link.fence;
        return isHeld && (link.run === run || trail.wantedAt(link.run, moment) === link.key);
      });
    return others.every(isThere) ? ring : undefined;
  };
  const isDisturbed = (ring: readonly Link[], run: string, span: Span): boolean =>
    ring.some((link) => link.run !== run && trail.hasAskedIn(link.run, span));

  return {
    /** A run was told that it is in this ring: the run, what it wants, who has that, and so on. */
    wasNamed: ({ run, key, span }: LockQuestion, cycle: readonly string[]): void => {
      const isSo = trail.momentsIn(span).some((moment) => {
        const ring = ringAt(run, key, moment);
        const names = ring?.flatMap((link) => [link.run, link.key]);
        return names?.join(' ') === cycle.join(' ');
      });
      hold(isSo, 'deadlock', `there was no ring ${cycle.join(' → ')}`, run);
      misses.delete(nameOf(cycle));
    },
    /** A run was told that somebody else has the key, and of no ring. */
    wasNotNamed: (question: LockQuestion): void => {
      const ring = lastingRing(question);
      if (!ring) return;
      const { run, span } = question;
      const names = ring.flatMap((link) => [link.run, link.key]);
      const what = `${names.join(' → ')} was there while ${run} asked, and it was not told`;
      hold(isDisturbed(ring, run, span), 'ring', what, run);
      const name = nameOf(names);
      const fences = nameOf(ring.map(({ holder, fence }) => `${holder} ${fence}`));
      const known = misses.get(name);
      const count = (known?.fences === fences ? known.count : 0) + 1;
      misses.set(name, { fences, count });
      hold(count <= mostMisses, 'ring', `${what}, as ${count - 1} times before`, run);
    },
  };
}

function nameOf(names: readonly string[]): string {
  return names.toSorted().join(' ');
}
