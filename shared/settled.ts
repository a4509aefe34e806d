/**
 * Waits for all of `work` to end, well or not, and only then throws the first error. A function that answers while something
 * of it still runs leaves that to an instance without a processor.
 */
export async function allSettled<const T extends readonly unknown[]>(
  work: { [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const results = await Promise.allSettled<unknown>(work);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }) as unknown as T;
}
