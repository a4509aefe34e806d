/** Chance, as the domain knows it (D12). */
export interface Random {
  /** `length` unpredictable bytes, fit for secrets. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}
