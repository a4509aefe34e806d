/** When an agent runs by the clock, with every default filled in. */
export type Schedule = {
  /** Five fields in croner's dialect. */
  cron: string;
  /** IANA time zone, such as `Europe/Berlin`. */
  timezone: string;
  /** What becomes of minutes that no tick came for: nothing, the last of them, or all of them (bounded). */
  catchup: 'none' | 'last' | 'all';
  /** Runs start up to this many seconds after their minute, each minute by an amount of its own. */
  jitter: number;
};
