/** An object as it is, and nothing for what is none: of an answer that somebody else gave. */
export function recordOf(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [field: string]: unknown })
    : {};
}
