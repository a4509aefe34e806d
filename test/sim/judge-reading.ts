import type { World } from '../world.ts';
import type { Judge } from './judge.ts';
import { hold } from './laws.ts';

/** Runs whose logs are read at the end of a life. */
const mostRead = 5;
/** How long a page may take while nothing goes wrong, in ms. */
const patienceMs = 10_000;
/** Lines of a page: fewer than a log has, so that there are several. */
const pageLines = 20;

/** The place before the first line of every log, as a cursor. */
const beginning = Buffer.from('["",0]').toString('base64url');

/** A line as it is shown. */
interface Line {
  at: string;
  text: string;
}

/** Reads logs as people do, page by page: every line that is there is shown, and those of a page are in order. */
export async function judgeLogs(world: World, judge: Judge): Promise<void> {
  const longest = judge.logs.times().sort((one, other) => other.times.length - one.times.length);
  for (const { run, times } of longest.slice(0, mostRead)) {
    const shown = new Set<string>();
    for (let after = beginning; ; ) {
      const query = new URLSearchParams({ limit: String(pageLines), after });
      const asked = world.request('control', `/v1/runs/${run}/logs?${query}`, {
        headers: world.credentials.operator,
      });
      await world.advance(patienceMs);
      const { status, text } = await asked;
      hold(status === 200, 'logs', `the log of ${run} is answered with ${status}: ${text}`, run);
      const page = JSON.parse(text) as { lines: Line[]; after: string; more: boolean };
      const ats = page.lines.map(({ at }) => at);
      hold(ats.join() === ats.toSorted().join(), 'logs', `the log of ${run} has no order`, run);
      for (const at of ats) shown.add(at);
      if (!page.more) break;
      after = page.after;
    }
    const missing = times.filter((time) => !shown.has(time));
    hold(missing.length === 0, 'logs', `the log of ${run} is shown without ${missing}`, run);
  }
}
