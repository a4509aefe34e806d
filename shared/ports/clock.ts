/** Time, as the domain knows it (D12). */
export interface Clock {
  /**
   * Milliseconds since the epoch. Instances differ by what `onOneClock` leaves: about the time that an answer of Firestore's
   * takes. It may go back, once an instance learns that its clock was ahead; nothing may rest on two clocks agreeing.
   */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}
