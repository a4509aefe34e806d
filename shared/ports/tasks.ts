/** A function that Cloud Tasks may call. */
export type TaskTarget = 'dispatch' | 'poll';

/** A wake-up: it says "look at this now" and carries nothing that must not be lost (D1). */
export interface WakeUp {
  /** Which function is called; the adapter knows its queue, address and audience. */
  target: TaskTarget;
  /** JSON object sent as the body; a task has at most 1 MB in all (Cloud Tasks quotas page). */
  body: { readonly [key: string]: string | number };
  /** Not before this time, in ms since the epoch; at most 30 days ahead. Default: at once. */
  at?: number;
  /**
   * Letters, digits, `-` and `_`, at most 500. The same name is accepted once in up to 24 h
   * (an optimisation, never a guarantee: D3). Default: chosen by Cloud Tasks.
   */
  name?: string;
}

/** Cloud Tasks: at-least-once, unordered HTTP calls to our own functions. */
export interface Tasks {
  /** Hands over one wake-up. `exists`: a task of that name was accepted before. */
  enqueue(wakeUp: WakeUp): Promise<'enqueued' | 'exists'>;
}
