import { describe, expect, it } from 'vitest';
import { octavia } from '../../test/ask.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { pauseAgent } from '../agents/pause.ts';
import { CloudError, type EventMessage, type Ports } from '../ports/index.ts';
import { killRun } from '../runs/kill.ts';
import type { Run } from '../runs/run.ts';
import { signal } from '../runs/signal.ts';
import { confirmed } from './confirmed.ts';
import { publishEvents } from './publish.ts';

const minuteMs = 60_000;

/** What is on the topic, and what is wrong with it. */
interface Topic {
  /** `<sequence> <event>` of each message of a run, in their order. */
  of(run: string): string[];
  requests: number;
  /** Whether a request fails: before or after it took effect. */
  fails: 'before' | 'after' | null;
  /** What it fails with. */
  code: CloudError['code'];
}

function topicOf(): Topic & { wrap(ports: Ports): Ports } {
  const messages: EventMessage[] = [];
  const topic = {
    requests: 0,
    fails: null as Topic['fails'],
    code: 'unavailable' as CloudError['code'],
    of: (run: string) =>
      messages
        .filter(({ attributes }) => attributes.run === run)
        .map(({ attributes }) => `${attributes.sequence} ${attributes.event}`),
    wrap: (ports: Ports): Ports => ({
      ...ports,
      events: {
        publish: async (key, all) => {
          topic.requests += 1;
          if (topic.fails !== 'before') {
            await ports.events.publish(key, all);
            messages.push(...all);
          }
          if (topic.fails !== null) throw new CloudError(topic.code, 'Pub/Sub is away');
        },
      },
    }),
  };
  return topic;
}

async function worldWith(topic: ReturnType<typeof topicOf>, more = {}): Promise<World> {
  return createWorld({
    project: projectOf({ triage: { timeout: 3_600 } }),
    wrap: topic.wrap,
    ...more,
  });
}

/** A world in which a run was started, which says what it is told to. */
async function speaking(topic: ReturnType<typeof topicOf>) {
  let secret = '';
  const world = await worldWith(topic, {
    container: ({ env }: { env: { SHUTDOWN_SECRET?: string } }) => {
      secret = env.SHUTDOWN_SECRET ?? '';
      return 'runs';
    },
  });
  const { triage = '' } = await world.deliver('1');
  await world.settle();
  await world.advance(10_000);
  const say = (text: string) => signal(world.ports, secret, { kind: 'status', text });
  return { world, triage, say };
}

const minutes = async (world: World, count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute += 1) {
    await world.advance(minuteMs);
    await world.sweep();
  }
};

describe('a run that nothing goes wrong with', () => {
  it('has each of its events published once, and says so', async () => {
    const topic = topicOf();
    const world = await worldWith(topic);
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    expect(topic.of(triage)).toEqual(['0 admit', '1 launch']);
    expect(await world.run(triage)).toMatchObject({ state: 'running', published: 2 });
    await world.advance(10_000);
    expect(topic.of(triage)).toEqual(['0 admit', '1 launch', '2 start']);
    await world.advance(5 * minuteMs);
    await world.exit(triage, { exitCode: 0 });
    expect(topic.of(triage)).toEqual(['0 admit', '1 launch', '2 start', '3 succeed']);
    expect(await world.run(triage)).toMatchObject({ published: 4, dueAt: null });
    expect(topic.requests).toBe(3);
  });

  it('has what it says of itself published by the next poll', async () => {
    const topic = topicOf();
    const { world, triage, say } = await speaking(topic);
    await say('reading');
    expect(topic.of(triage).at(-1)).toBe('2 start');
    await world.advance(minuteMs);
    expect(topic.of(triage).at(-1)).toBe('3 note');
  });

  it('is told to be admitted by the sweep when it has to wait, with no write more', async () => {
    const topic = topicOf();
    let writes = 0;
    const world = await createWorld({
      project: projectOf({ triage: {} }),
      wrap: (ports) => ({
        ...topic.wrap(ports),
        documents: {
          ...ports.documents,
          commit: async (given) => {
            writes += given.length;
            return ports.documents.commit(given);
          },
        },
      }),
    });
    await pauseAgent(world.ports, 'triage', octavia);
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    writes = 0;
    await minutes(world, 30);
    expect(topic.of(triage)).toEqual(['0 admit']);
    expect(await world.run(triage)).toMatchObject({ state: 'queued', published: 1 });
    expect(writes).toBe(1);
  });

  it('is told to its end when it is cancelled while it waits', async () => {
    const topic = topicOf();
    const world = await worldWith(topic);
    await pauseAgent(world.ports, 'triage', octavia);
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await killRun(world.ports, world.releases, triage, octavia);
    expect(topic.of(triage)).toEqual(['0 admit', '1 cancel']);
    expect(await world.run(triage)).toMatchObject({ dueAt: null, published: 2 });
  });

  it('is told to its end when its queue cannot hold it', async () => {
    const topic = topicOf();
    const world = await createWorld({
      project: projectOf({ triage: { scale: 1, maxWorkQueueSize: 1 } }),
      wrap: topic.wrap,
    });
    const runs: string[] = [];
    for (const id of ['1', '2', '3']) runs.push((await world.deliver(id)).triage ?? '');
    await world.settle();
    const dropped = [];
    for (const run of runs) if ((await world.run(run)).state === 'dropped') dropped.push(run);
    expect(dropped).toHaveLength(1);
    expect(topic.of(dropped[0] ?? '')).toEqual(['0 admit', '1 drop']);
    expect(await world.run(dropped[0] ?? '')).toMatchObject({ dueAt: null, published: 2 });
  });
});

describe('while Pub/Sub is away', () => {
  it.each(['before', 'after'] as const)(
    'runs go on, are due after their end, and are told in their order when it is back: %s the call',
    async (when) => {
      const topic = topicOf();
      topic.fails = when;
      const world = await worldWith(topic);
      const { triage = '' } = await world.deliver('1');
      await world.settle();
      await world.exit(triage, { exitCode: 0 });
      const over = await world.run(triage);
      expect(over).toMatchObject({ state: 'succeeded', published: 0 });
      expect(over.cleanedAt).not.toBeNull();
      expect(over.dueAt).not.toBeNull();
      expect(await world.slots('triage')).toEqual([]);
      expect(await world.leftovers()).toEqual([]);
      await minutes(world, 5);
      topic.fails = null;
      await minutes(world, 10);
      expect(await world.run(triage)).toMatchObject({ published: 4, dueAt: null });
      const first = [...new Set(topic.of(triage))];
      expect(first).toEqual(['0 admit', '1 launch', '2 start', '3 succeed']);
    },
  );

  it.each(['not_found', 'permission_denied'] as const)(
    'a topic that answers %s keeps no run from its end',
    async (code) => {
      const topic = topicOf();
      topic.fails = 'before';
      topic.code = code;
      const world = await worldWith(topic);
      const { triage = '' } = await world.deliver('1');
      await world.settle();
      await world.exit(triage, { exitCode: 0 });
      const { state, cleanedAt, dueAt } = await world.run(triage);
      expect([state, cleanedAt === null, dueAt === null]).toEqual(['succeeded', false, false]);
    },
  );

  it('a run that only has to be told is looked at less and less often', async () => {
    const topic = topicOf();
    topic.fails = 'before';
    const world = await worldWith(topic);
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.exit(triage, { exitCode: 0 });
    await minutes(world, 8 * 60);
    topic.requests = 0;
    await minutes(world, 8 * 60);
    expect(topic.requests).toBeGreaterThanOrEqual(3);
    expect(topic.requests).toBeLessThanOrEqual(5);
    topic.fails = null;
    await minutes(world, 150);
    expect(await world.run(triage)).toMatchObject({ published: 4, dueAt: null });
  });

  it('a run that says much is published again from where its document knows, and no further back', async () => {
    const topic = topicOf();
    const { world, triage, say } = await speaking(topic);
    for (let number = 0; number < 30; number += 1) {
      await say(`step ${number}`);
    }
    await world.advance(minuteMs);
    expect((await world.run(triage)).published).toBe(33);
    // Another instance knows only what the document says.
    const run = await world.ports.documents.get<Run>(`runs/${triage}`);
    if (!run) throw new Error('no run');
    const stranger = { ...world.ports, events: { ...world.ports.events } };
    expect(confirmed(stranger, run)).toBe(33);
    const before = topic.of(triage).length;
    await publishEvents(stranger, run);
    expect(topic.of(triage)).toHaveLength(before);
  });
});

describe('a journal entry that somebody took away', () => {
  it('is left out, and keeps nothing due', async () => {
    const topic = topicOf();
    topic.fails = 'before';
    const world = await worldWith(topic);
    const { triage = '' } = await world.deliver('1');
    await world.settle();
    await world.exit(triage, { exitCode: 0 });
    await world.ports.documents.commit([{ op: 'delete', path: `runs/${triage}/events/00001` }]);
    topic.fails = null;
    await minutes(world, 10);
    expect(topic.of(triage)).toEqual(['0 admit', '1 launch', '3 succeed']);
    expect(await world.run(triage)).toMatchObject({ published: 4, dueAt: null });
  });
});

describe('a run that an earlier Drover admitted', () => {
  it('is published from its beginning', async () => {
    const topic = topicOf();
    const world = await worldWith(topic);
    await pauseAgent(world.ports, 'triage', octavia);
    const { triage = '' } = await world.deliver('1');
    const found = await world.ports.documents.get(`runs/${triage}`);
    const { published: _, ...old } = found?.data ?? {};
    await world.ports.documents.commit([{ op: 'set', path: `runs/${triage}`, data: old }]);
    await killRun(world.ports, world.releases, triage, octavia);
    expect(topic.of(triage)).toEqual(['0 admit', '1 cancel']);
  });
});
