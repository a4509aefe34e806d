/** A time as a person reads it: `2026-01-31 09:05 UTC`. */
export function momentOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
