import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { Documents } from '../../shared/ports/index.ts';
import { createLogGatherer } from '../../shared/runs/logs.ts';
import { logStart } from '../../shared/runs/read-log.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';
import { placeOfLogCursor } from './cursor.ts';
import { follow } from './follow.ts';

/** What happens while a log is followed, look by look. */
type Step = () => Promise<unknown>;

/** A run that runs, whose log is followed while the steps happen, one after each look. */
async function followed() {
  const world = await createWorld({
    project: projectOf({ triage: { timeout: 3_600 } }),
  });
  const { triage: runId = '' } = await world.deliver('d1');
  await world.settle();
  let looks = 0;
  const say = async (seconds: number, ...texts: string[]): Promise<void> => {
    const gatherer = createLogGatherer({
      documents: world.ports.documents,
      clock: { now: world.ports.clock.now, sleep: async () => {} },
    });
    const at = `${new Date(Date.parse('2026-03-01T12:00:00Z') + 1_000 * seconds).toISOString().slice(0, 19)}`;
    await Promise.all(
      texts.map((text, n) =>
        gatherer.add(runId, {
          at: `${at}.00000000${n}Z`,
          insertId: `${n}`,
          severity: 'INFO',
          text,
        }),
      ),
    );
  };
  const listen = async (
    steps: Step[],
    { after, documents = world.ports.documents }: { after?: string; documents?: Documents } = {},
  ): Promise<string[]> => {
    const clock = {
      now: world.ports.clock.now,
      sleep: async (ms: number) => {
        looks += 1;
        await world.advance(ms);
        await steps.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const place = after === undefined ? logStart : placeOfLogCursor(after);
    const app = new Hono().get('/', (context) =>
      follow(context, { documents, clock, log: world.ports.log }, runId, place),
    );
    const text = await (await app.request('/')).text();
    return text.split('\n\n').filter((block) => block !== '');
  };
  const exit = () => world.exit(runId, { exitCode: 0 });
  return { world, runId, say, listen, exit, looks: () => looks };
}

const fieldOf = (block: string, field: string): string =>
  block
    .split('\n')
    .find((line) => line.startsWith(`${field}: `))
    ?.slice(field.length + 2) ?? '';

/** What was told: the texts of lines, and the names of other events. */
const told = (blocks: string[]): string[] =>
  blocks.map((block) => {
    if (block.startsWith(':')) return 'heartbeat';
    const event = fieldOf(block, 'event');
    return event === 'line' ? JSON.parse(fieldOf(block, 'data')).text : event;
  });

describe('following a log', () => {
  it('tells what is there, what comes, and the end', async () => {
    const { say, listen, exit, runId } = await followed();
    await say(1, 'one', 'two');
    const blocks = await listen([() => say(2, 'three'), () => say(3, 'four'), exit]);
    expect(told(blocks)).toEqual(['one', 'two', 'three', 'four', 'end']);
    expect(JSON.parse(fieldOf(blocks.at(-1) ?? '', 'data'))).toMatchObject({
      id: runId,
      state: 'succeeded',
    });
  });

  it('waits for lines that are on their way when the run ends', async () => {
    const { say, listen, exit } = await followed();
    const late = () => say(5, 'famous last words');
    expect(told(await listen([exit, late]))).toEqual(['famous last words', 'end']);
  });

  it('tells a chunk that came late and stands before what was told', async () => {
    const { say, listen, exit } = await followed();
    await say(9, 'later');
    expect(told(await listen([() => say(1, 'earlier'), exit]))).toEqual([
      'later',
      'earlier',
      'end',
    ]);
  });

  it('goes on after the line that was seen last', async () => {
    const { say, listen, exit } = await followed();
    await say(1, 'one', 'two');
    await say(2, 'three');
    await exit();
    const blocks = await listen([]);
    expect(told(blocks)).toEqual(['one', 'two', 'three', 'end']);
    const seen = (n: number) => ({ after: fieldOf(blocks[n] ?? '', 'id') });
    expect(told(await listen([], seen(0)))).toEqual(['two', 'three', 'end']);
    expect(told(await listen([], seen(1)))).toEqual(['three', 'end']);
    expect(told(await listen([], seen(2)))).toEqual(['end']);
  });

  it('ends at once when the run has been over for long', async () => {
    const { world, say, listen, exit, looks } = await followed();
    await say(1, 'one');
    await exit();
    await world.advance(10_000);
    expect(told(await listen([]))).toEqual(['one', 'end']);
    expect(looks()).toBe(0);
  });

  it('says something every 15 seconds, and leaves after 4 minutes without an end', async () => {
    const { listen, looks } = await followed();
    const blocks = told(await listen([]));
    expect(new Set(blocks)).toEqual(new Set(['heartbeat']));
    expect(blocks.length).toBeGreaterThanOrEqual(14);
    expect(looks()).toBe(240);
  });

  it('tells nothing to somebody who only asks for its head', async () => {
    const { world, runId } = await followed();
    const app = new Hono().get('/', (context) => follow(context, world.ports, runId, logStart));
    const answer = await app.request('/', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBeNull();
  });

  it('leaves without an end when Firestore fails, so that its reader comes back', async () => {
    const { world, say, listen } = await followed();
    await say(1, 'one');
    let asked = 0;
    const documents: Documents = {
      ...world.ports.documents,
      query: async (query) => {
        asked += 1;
        if (asked > 1) throw new Error('away');
        return world.ports.documents.query(query);
      },
    };
    expect(told(await listen([], { documents }))).toEqual(['one']);
  });
});
