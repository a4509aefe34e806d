/** The last part of a resource's full name, which is its id; empty for what is no name. */
export function lastOf(name: unknown): string {
  return typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : '';
}
