/** Limits a rate: each dispatch takes a token, and tokens come back evenly (RateLimits.max_burst_size in queue.proto). */
export interface TokenBucket {
  /** When the next token is there, in ms since the epoch; `now` or before when it is. */
  readyAt(now: number): number;
  /** Takes a token that is there. */
  take(now: number): void;
}

/** What a token may lack by rounding. */
const almostOne = 1 - 1e-9;

/** A bucket that is full at first. `rate` is tokens a second. */
export function createTokenBucket(rate: number, size: number): TokenBucket {
  let tokens = size;
  let countedAt = Number.NEGATIVE_INFINITY;
  const count = (now: number): void => {
    if (now <= countedAt) return;
    const earned = countedAt === Number.NEGATIVE_INFINITY ? 0 : ((now - countedAt) * rate) / 1000;
    tokens = Math.min(size, tokens + earned);
    countedAt = now;
  };
  return {
    readyAt: (now) => {
      count(now);
      return tokens >= almostOne ? now : Math.ceil(now + ((1 - tokens) * 1000) / rate);
    },
    take: (now) => {
      count(now);
      tokens -= 1;
    },
  };
}
