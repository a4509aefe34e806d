/** Counts calls against so many in any 60 seconds. */
export interface MinuteQuota {
  /** Counts a call, unless the quota is used up: then it answers false. */
  take(): boolean;
  /** How many calls of the last 60 seconds were counted. */
  used(): number;
}

const minuteMs = 60_000;

/** `perMinute` is asked at each call, so that it may change; without a bound nothing is counted. */
export function minuteQuota(perMinute: () => number, now: () => number): MinuteQuota {
  /** Times of the calls, oldest first; those before `first` are forgotten. */
  let calls: number[] = [];
  let first = 0;
  const forget = (): void => {
    const since = now() - minuteMs;
    while (first < calls.length && (calls[first] ?? 0) <= since) first += 1;
    if (first * 2 < calls.length) return;
    calls = calls.slice(first);
    first = 0;
  };
  return {
    take: () => {
      const limit = perMinute();
      if (limit === Number.POSITIVE_INFINITY) return true;
      forget();
      if (calls.length - first >= limit) return false;
      calls.push(now());
      return true;
    },
    used: () => {
      forget();
      return calls.length - first;
    },
  };
}
