import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { logLines } from '../log-lines.ts';
import type { Document, LogFields } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { isStuck, tellStuck } from './stuck.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const minutesAgo = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

/** A real run, in another state since some minutes. */
async function documentIn(
  state: Run['state'],
  minutes: number,
  more: Partial<Run> = {},
): Promise<Document<Run>> {
  const world = await createWorld({ project: projectOf({ triage: {} }) });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  const run = await world.ports.documents.get<Run>(`runs/${triage}`);
  if (!run) throw new Error('there is no run');
  const times = { [state]: minutesAgo(minutes) };
  return { ...run, data: { ...run.data, state, times, ...more } };
}

async function runIn(...given: Parameters<typeof documentIn>): Promise<Run> {
  return (await documentIn(...given)).data;
}

describe('a run', () => {
  it.each([
    ['launching', 119, {}, false],
    ['launching', 121, {}, true],
    ['running', 600, { deadline: minutesAgo(-1) }, false],
    ['running', 600, { deadline: minutesAgo(35) }, false],
    ['running', 600, { deadline: minutesAgo(37) }, true],
    ['ending', 24, {}, false],
    ['ending', 26, {}, true],
    ['succeeded', 59, {}, false],
    ['succeeded', 61, {}, true],
    ['queued', 100_000, {}, false],
  ] as const)('%s for %s minutes, %o, is stuck: %s', async (state, minutes, more, expected) => {
    expect(isStuck(await runIn(state, minutes, more), now)).toBe(expected);
  });

  it('that has no time of entering its state, or no deadline, is not said to be stuck', async () => {
    const run = await runIn('running', 600, { deadline: null, times: {} });
    expect(isStuck(run, now)).toBe(false);
    expect(isStuck({ ...run, state: 'ending' }, now)).toBe(false);
  });
});

describe('the sweep', () => {
  it('names the first of the stuck runs, counts all, and says nothing of the others', async () => {
    const said: [string, LogFields | undefined][] = [];
    const log = {
      info: () => undefined,
      error: () => undefined,
      warn: (message: string, fields?: LogFields) => void said.push([message, fields]),
    };
    const [stuck, well] = [await documentIn('ending', 30), await documentIn('ending', 1)];
    const due = Array.from({ length: 12 }, (_, at) => ({ ...stuck, id: `dev-${at}` }));
    tellStuck({ log }, [well], now);
    expect(said).toEqual([]);
    tellStuck({ log }, [well, ...due], now);
    const runs = due.slice(0, 10).map(({ id }) => id);
    expect(said).toEqual([[logLines.stuckRuns, { stuck: 12, runs: runs.join(' ') }]]);
  });
});
