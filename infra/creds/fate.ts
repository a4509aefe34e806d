import type { Superseded } from './superseded.ts';

/** A run that is in flight and reads a credential from its home, and since when it has been launched, in ms since the epoch. */
export interface Holder {
  run: string;
  launchedAt: number;
}

/** What becomes of a version that no field names any more. */
export type Fate =
  /** Somebody may still be about to read it. `until` is in ms since the epoch. */
  | { kind: 'rests'; until: number }
  /** These runs may have it mounted. */
  | { kind: 'held'; runs: readonly string[] }
  /** Nobody can need it. */
  | { kind: 'ripe' };

/**
 * Time in ms for which a superseded version stays as it is, whatever runs: who asked for the aliases just before they changed reads
 * it a moment later, and Secret Manager may tell the old ones for a while (Secret Manager docs, "Data consistency": minutes as a rule).
 */
export const restMs = 60 * 60_000;

/**
 * What becomes of a superseded version. A run whose credentials are mounted from their homes keeps the versions that were named when
 * it was launched; one that was launched after the change, and after everybody can have seen it, has the new ones.
 */
export function fateOf({ since }: Superseded, holders: readonly Holder[], now: number): Fate {
  const seenBy = since + restMs;
  if (now < seenBy) return { kind: 'rests', until: seenBy };
  const runs = holders.filter(({ launchedAt }) => launchedAt <= seenBy).map(({ run }) => run);
  return runs.length > 0 ? { kind: 'held', runs } : { kind: 'ripe' };
}
