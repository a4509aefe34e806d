import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { readInput } from './input.ts';
import { retryRun } from './retry-run.ts';
import type { Run } from './run.ts';

const retry = { attempts: 1, exitCodes: null, backoff: 1, maxBackoff: 1 };
const project = projectOf({ a: { webhooks: [] }, b: { webhooks: [], retry } });
/** More than a run has room for, and less than a variable. */
const long = 'é'.repeat(10_000);

async function called(context = long) {
  const prompts: { [run: string]: string } = {};
  const callers = await createCallers(project, {
    container: ({ env }) => {
      prompts[env.AL_RUN_ID ?? ''] = env.PROMPT ?? '';
      return 'runs';
    },
  });
  const { runId } = await callers.call(await callers.start('a'), 'b', context);
  const { world } = callers;
  const inputOf = async (id: string): Promise<unknown> => {
    const run = await world.ports.documents.get<Run>(`runs/${id}`);
    return run && readInput(world.ports, run);
  };
  return { ...callers, runId, prompts, inputOf };
}

describe('what a run is asked', () => {
  it('reaches its container whole, and its document shows the beginning', async () => {
    const { world, runId, prompts } = await called();
    expect(prompts[runId]).toContain(JSON.stringify(long));
    expect(await world.run(runId)).toMatchObject({
      prompt: 'é'.repeat(4_000),
      promptBytes: 20_000,
    });
  });

  it('is asked of whoever follows it, whole', async () => {
    const { world, runId, prompts, inputOf } = await called();
    await world.exit(runId, { exitCode: 1 });
    await world.advance(5_000);
    const { next } = await world.run(runId);
    expect(await inputOf(next ?? '')).toBe(long);
    expect(prompts[next ?? '']).toContain(JSON.stringify(long));
    await world.exit(next ?? '', { exitCode: 1 });
    const octavia = { who: 'octavia', why: '' };
    const again = await retryRun(world.ports, settings, world.releases, runId, octavia, null);
    expect(await inputOf(again.ok ? again.runId : '')).toBe(long);
  });

  it('has no document of its own where the run has room for it', async () => {
    for (const context of ['', 'x'.repeat(8_000)]) {
      const { world, runId, inputOf } = await called(context);
      expect(await inputOf(runId)).toBe(context);
      expect(await world.ports.documents.get(`runs/${runId}/input/0`)).toBeUndefined();
    }
  });

  it('is never guessed: a run whose text is gone does not start, and says why', async () => {
    const { world, start, call } = await createCallers(project);
    const a = await start('a');
    await call(a, 'b');
    const { runId } = await call(a, 'b', long);
    await world.ports.documents.commit([{ op: 'delete', path: `runs/${runId}/input/0` }]);
    const [first = ''] = (await world.run(a)).calls;
    await world.exit(first, { exitCode: 0 });
    expect(await world.run(runId)).toMatchObject({
      state: 'failed',
      reason: 'launch_refused',
      summary: expect.stringMatching(/^b failed: what it was asked is not there any more/),
    });
    expect(await world.slots('b')).toEqual([]);
  });
});
