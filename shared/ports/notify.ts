/** What became of a message that was posted. */
export type Posted =
  | { outcome: 'taken' }
  /** Worth another try, after so many ms where the receiver says when. */
  | { outcome: 'later'; why: string; afterMs?: number }
  /** No repetition helps. */
  | { outcome: 'refused'; why: string };

/** Webhooks that people are told by: Slack's, and those that take its format. */
export interface Notify {
  /**
   * Posts JSON to an address, in at most ten seconds. Never throws for what the receiver does, nor for an address that is none, and
   * names in no message the address, which is a secret. A message that was not taken may have arrived all the same.
   */
  post(url: string, json: string): Promise<Posted>;
}
