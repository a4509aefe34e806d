/** How much too early a timer may come, in ms, without the same minute being called twice. */
const earlyMs = 10;

/**
 * Cloud Scheduler's one job: POSTs to `url` at once and then whenever the clock shows a multiple of `everyMs`, in ms: each
 * minute as it begins. A call that fails is not repeated: the next one is a minute away.
 *
 * @param mayCall Whether Google lets the job's service account call `url`. Default: it does.
 */
export function callEachMinute(
  url: string,
  token: () => Promise<string>,
  everyMs: number,
  now: () => number,
  mayCall: () => boolean = () => true,
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const call = async (): Promise<void> => {
    if (!mayCall()) return;
    const headers = { authorization: `Bearer ${await token()}` };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(everyMs),
    });
    await answer.arrayBuffer();
  };
  const plan = (): void => {
    const sinceLast = (now() + earlyMs) % everyMs;
    timer = setTimeout(tick, everyMs - sinceLast + earlyMs);
  };
  const tick = (): void => {
    void call().catch(() => {});
    plan();
  };
  tick();
  return { stop: () => clearTimeout(timer) };
}
