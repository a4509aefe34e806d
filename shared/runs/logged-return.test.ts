import { describe, expect, it } from 'vitest';
import { type Callers, createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import type { WorldOptions } from '../../test/world.ts';
import { CloudError } from '../ports/index.ts';
import { createReturnGatherer, type LoggedReturn } from './logged-return.ts';
import { readReturnValue } from './return-value.ts';
import { signal } from './signal.ts';

const quiet = { webhooks: [], scale: 3, timeout: 600 };
const project = projectOf({ a: quiet, b: quiet });

const logged = (value: string, second = 1): LoggedReturn => ({
  value,
  isCut: false,
  at: `2026-03-01T12:00:0${second}.000000000Z`,
});
const printed = (value: string, second = 1) => ({
  at: Date.parse(logged(value, second).at),
  insertId: String(second),
  severity: 'INFO',
  text: JSON.stringify({ _log: true, level: 'info', msg: 'signal-result', type: 'return', value }),
});

async function calling(options: Partial<WorldOptions> = {}) {
  const callers = await createCallers(project, options);
  const a = await callers.start('a');
  const { callId, runId } = await callers.call(a, 'b');
  const { world } = callers;
  return {
    ...callers,
    a,
    callId,
    runId,
    note: createReturnGatherer(world.ports),
    say: (value: string) => signal(world.ports, callers.secretOf(runId), { kind: 'return', value }),
  };
}

/** What the caller is told once the other run ended well. */
async function answerOf({
  world,
  read,
  a,
  callId,
  runId,
}: Callers & Awaited<ReturnType<typeof calling>>) {
  await world.exit(runId, { exitCode: 0 });
  const answer = await read(a, callId);
  return answer.outcome === 'found' ? [answer.state, answer.returnValue] : answer.outcome;
}

describe('a return value in the log', () => {
  it('counts where none was signalled', async () => {
    const callers = await calling();
    await callers.note(callers.runId, logged('seven'));
    expect(await callers.world.run(callers.runId)).toMatchObject({
      returnValue: 'seven',
      returnBytes: 5,
      returnedBy: 'log',
      summary: 'b is running: the agent returned a value in its log',
    });
    expect(await answerOf(callers)).toEqual(['completed', 'seven']);
  });

  it('counts for nothing where one was signalled, before or after', async () => {
    for (const isFirst of [true, false]) {
      const callers = await calling();
      if (isFirst) await callers.say('whole');
      await callers.note(callers.runId, logged('beginning'));
      if (!isFirst) await callers.say('whole');
      await callers.note(callers.runId, logged('beginning', 9));
      callers.world.said.push(printed('beginning'));
      expect(await answerOf(callers)).toEqual(['completed', 'whole']);
      expect((await callers.world.run(callers.runId)).returnedBy).toBe('signal');
    }
  });

  it('is that of the latest line, in whatever order they come, however often', async () => {
    const callers = await calling();
    for (const second of [1, 3, 2, 3]) {
      await callers.note(callers.runId, logged(`value ${second}`, second));
    }
    expect(await answerOf(callers)).toEqual(['completed', 'value 3']);
  });

  it('that is long is kept whole', async () => {
    const callers = await calling();
    await callers.note(callers.runId, logged('x'.repeat(200_000)));
    const run = await callers.world.run(callers.runId);
    expect(await readReturnValue(callers.world.ports, callers.runId, run)).toHaveLength(200_000);
    await callers.note(callers.runId, logged('short', 2));
    expect(await answerOf(callers)).toEqual(['completed', 'short']);
  });

  it('says in the journal that it is only the beginning, where it is', async () => {
    const callers = await calling();
    await callers.note(callers.runId, { ...logged('begin'), isCut: true });
    expect((await callers.world.run(callers.runId)).summary).toMatch(/only the beginning of it$/);
  });

  it('changes nothing once its run is over, has shut itself down, or never was', async () => {
    const callers = await calling();
    const { world, runId, note } = callers;
    await world.exit(runId, { exitCode: 0 });
    const before = await world.run(runId);
    await note(runId, logged('late'));
    expect(await world.run(runId)).toEqual(before);
    expect(await callers.read(callers.a, callers.callId)).toMatchObject({ returnValue: null });
    await note('b-zzzzzzzz', logged('lost'));
    expect(await world.ports.documents.get('runs/b-zzzzzzzz')).toBeUndefined();
  });
});

describe('a return value whose line is on its way when the run ends', () => {
  it('is looked for in Cloud Logging, and answers the call in the commit of the end', async () => {
    const callers = await calling();
    callers.world.said.push(printed('first', 1), printed('last', 2), { ...printed(''), text: 'x' });
    expect(await answerOf(callers)).toEqual(['completed', 'last']);
    expect(await callers.world.run(callers.runId)).toMatchObject({
      returnValue: 'last',
      returnedBy: 'log',
    });
  });

  it('of any length is kept whole', async () => {
    const callers = await calling();
    callers.world.said.push(printed('x'.repeat(100_000)));
    expect(await answerOf(callers)).toEqual(['completed', 'x'.repeat(100_000)]);
  });

  it('does not replace what was heard of the same log by then', async () => {
    const callers = await calling();
    await callers.note(callers.runId, logged('later', 2));
    callers.world.said.push(printed('earlier', 1));
    expect(await answerOf(callers)).toEqual(['completed', 'later']);
  });

  it('is nobody asked for where nobody waits for it, it failed, or has signalled one', async () => {
    const asked: string[] = [];
    const callers = await calling({
      wrap: (ports) => ({
        ...ports,
        logs: {
          last: async (job, ...more) => {
            asked.push(job);
            return ports.logs.last(job, ...more);
          },
        },
      }),
    });
    const { world, a, call, say, runId } = callers;
    await say('whole');
    await world.exit(runId, { exitCode: 0 });
    await world.exit(a, { exitCode: 0 });
    expect(asked).toEqual([]);
    const lead = await callers.start('a');
    const { runId: mute } = await call(lead, 'b');
    await world.exit(mute, { exitCode: 0 });
    expect(asked).toEqual([`drover-${mute}`]);
  });

  it('is given up where Cloud Logging refuses', async () => {
    const callers = await calling({
      wrap: (ports) => ({
        ...ports,
        logs: {
          last: async () => {
            throw new CloudError('resource_exhausted', 'quota');
          },
        },
      }),
    });
    expect(await answerOf(callers)).toEqual(['completed', null]);
  });
});
