/** Log lines as they are written where their way is measured: a hundred a second, for ten seconds. */
export const rate = { count: 1_000, everyMs: 10 } as const;
