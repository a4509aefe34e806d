/** Time, as the domain knows it (D12). */
export interface Clock {
  /** Milliseconds since the epoch. Instances differ; nothing may rest on two clocks agreeing. */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}
