/** Days for which runs and deliveries are kept where the project does not say. */
export const defaultDays = 14;
/**
 * Fewest days for which anything is kept that tells one delivery from another, or says that a cause has its run already: GitHub
 * redelivers for 3 days, Pub/Sub for up to 7 (D3).
 */
export const fewestDays = 7;
/** Most days for which a project may keep its history: a year and a day. */
export const mostDays = 366;

const dayMs = 86_400_000;

/**
 * How long before Firestore's TTL policy would, the sweep removes a run or a delivery, in ms: with all that stands below it, which
 * a TTL policy leaves behind. Only where the sweep has done nothing for so long is it the policy that removes.
 */
export const leadMs = 7 * dayMs;

/** Days after the end of a run for which it is kept, by what its project says; what is too few for de-duplication is not done. */
export function keptDays({
  historyRetentionDays = defaultDays,
}: {
  historyRetentionDays?: number;
}): number {
  return Math.min(Math.max(historyRetentionDays, fewestDays), mostDays);
}

/**
 * `expireAt` of what has nothing below it, and is left to the TTL policy.
 *
 * @param days What was written by an older Drover says nothing.
 */
export function ttlOf(now: number, days = defaultDays): Date {
  return new Date(now + days * dayMs);
}

/** `expireAt` of a run that is over now, or of what goes with it. The sweep removes it {@link leadMs} before. */
export function expiryOf(now: number, days = defaultDays): Date {
  return new Date(now + days * dayMs + leadMs);
}

/** The same for a delivery, a day later: by then the runs are gone that it started when it came. */
export function deliveryExpiryOf(now: number, days: number): Date {
  return expiryOf(now, days + 1);
}

/** Which of {@link expiryOf} have come by `now`. */
export function removableUntil(now: number): Date {
  return new Date(now + leadMs);
}

/** Longest time between the launch of a run and its end, in days: a day of launching, seven of running (Cloud Run's longest task), and one. */
const longestLifeDays = 9;

/**
 * `expireAt` of a part of a run, such as a journal entry: should the sweep not remove it with its run, it goes by itself, and not
 * before that.
 */
export function partExpiryOf(now: number, days = defaultDays): Date {
  return expiryOf(now, days + longestLifeDays);
}

/** The same where nobody knows how long its run is kept, or for how long it waits first. */
export function longPartExpiryOf(now: number): Date {
  return partExpiryOf(now, mostDays + 25);
}
