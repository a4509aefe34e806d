/** Largest resource key, in bytes: the documents that name it, and a deadlock's, must stay pages (D11). */
export const largestKey = 4_096;

/**
 * What is wrong with a resource key, or undefined. A key is an opaque, case-sensitive text; all that is asked of it is that the
 * URL standard can parse it (agent contract).
 */
export function keyProblem(key: string): string | undefined {
  const bytes = Buffer.byteLength(key);
  if (bytes > largestKey) return `resourceKey of ${bytes} bytes is over the limit of ${largestKey}`;
  return URL.canParse(key) ? undefined : 'Invalid URI format: Invalid URL';
}
