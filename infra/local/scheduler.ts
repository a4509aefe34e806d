/**
 * Cloud Scheduler's one job: POSTs to `url` at once and then every `everyMs` ms. A call that fails is not repeated: the next
 * one is a minute away.
 */
export function callEachMinute(
  url: string,
  token: () => Promise<string>,
  everyMs: number,
): { stop(): void } {
  const call = async (): Promise<void> => {
    const headers = { authorization: `Bearer ${await token()}` };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(everyMs),
    });
    await answer.arrayBuffer();
  };
  const ignore = (): void => {};
  void call().catch(ignore);
  const timer = setInterval(() => void call().catch(ignore), everyMs);
  return { stop: () => clearInterval(timer) };
}
