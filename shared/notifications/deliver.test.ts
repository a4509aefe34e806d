import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import { createWorld, type World } from '../../test/world.ts';
import { keepCredential } from '../credentials/home.ts';
import { CloudError, type Posted } from '../ports/index.ts';
import type { Agent } from '../projects/project.ts';
import { poll } from '../runs/poll.ts';
import type { Run } from '../runs/run.ts';
import { deliverNotice } from './deliver.ts';
import { type Topic, topicNames } from './topics.ts';

const address = 'https://hooks.example.com/services/T0/B0/very-secret';
const minuteMs = 60_000;

interface Receiver {
  posts: { url: string; text: string }[];
  /** What it answers with, or throws. Default: it takes everything. */
  answer: () => Posted | Promise<Posted>;
}

interface Told {
  world: World;
  receiver: Receiver;
  logged: string[];
}

interface Options {
  agent?: Partial<Agent>;
  about?: Topic[];
  /** Null: the credential is not there. */
  address?: string | null;
  exitCode?: number;
}

async function toldWorld(options: Options = {}): Promise<Told> {
  const { agent = {}, about = topicNames, exitCode = 1 } = options;
  const receiver: Receiver = { posts: [], answer: () => ({ outcome: 'taken' }) };
  const logged: string[] = [];
  const world = await createWorld({
    project: {
      ...projectOf({ triage: agent }),
      notifications: { instance: 'default', about },
    },
    container: () => ({ exitCode }),
    wrap: (ports) => ({
      ...ports,
      log: { ...ports.log, error: (message) => void logged.push(message) },
      notify: {
        post: async (url, json) => {
          const { text } = JSON.parse(json) as { text: string };
          receiver.posts.push({ url, text });
          return receiver.answer();
        },
      },
    }),
  });
  if (options.address !== null) await keepAddress(world, options.address ?? address);
  return { world, receiver, logged };
}

async function keepAddress({ ports }: World, url: string): Promise<void> {
  const reference = { type: 'slack_webhook', instance: 'default' };
  await keepCredential(ports, reference, { url: Buffer.from(url) });
}

async function ended(world: World, delivery: string): Promise<string> {
  const { triage = '' } = await world.deliver(delivery);
  await world.settle();
  return triage;
}

/** Lets time pass as it does where the tick is called each minute. */
async function pass(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await world.advance(minuteMs);
    await world.sweep();
  }
}

const noticeOf = async (world: World, id: string): Promise<Run['notice']> =>
  (await world.run(id)).notice;

describe('people are told', () => {
  it('of a failed run at once, once, with what happened and where to read more', async () => {
    const { world, receiver } = await toldWorld();
    const run = await ended(world, '1');
    expect(receiver.posts).toHaveLength(1);
    const [{ url = '', text = '' } = {}] = receiver.posts;
    expect(url).toBe(address);
    expect(text).toContain(':x: triage failed: its container exited with 1 (an error)');
    expect(text).toContain(`run \`${run}\`: exit_code (docs/errors/exit_code.md), <https://`);
    expect(await world.run(run)).toMatchObject({
      notice: { about: ['failure'], state: 'sent', attempts: 1, error: null },
      dueAt: null,
    });
    await pass(world, 30);
    expect(receiver.posts).toHaveLength(1);
  });

  it('of nothing where a run ended well, or where the project does not say so', async () => {
    const well = await toldWorld({ exitCode: 0 });
    const run = await ended(well.world, '1');
    const silent = await toldWorld({ about: ['pause'] });
    await ended(silent.world, '1');
    expect(well.receiver.posts).toEqual([]);
    expect(silent.receiver.posts).toEqual([]);
    expect(await noticeOf(well.world, run)).toBeNull();
  });

  it('of a failure that is tried again only when the last try has failed', async () => {
    const retry = { attempts: 2, exitCodes: null, backoff: 1, maxBackoff: 1 };
    const { world, receiver } = await toldWorld({ agent: { retry } });
    await ended(world, '1');
    expect(receiver.posts).toEqual([]);
    await pass(world, 3);
    expect(await world.runs()).toHaveLength(3);
    expect(receiver.posts).toHaveLength(1);
  });

  it('that an agent has paused itself', async () => {
    const budget = { runsPerDay: null, minutesPerDay: null, failuresInARow: 2 };
    const { world, receiver } = await toldWorld({ agent: { budget }, about: ['pause'] });
    await ended(world, '1');
    expect(receiver.posts).toEqual([]);
    await ended(world, '2');
    expect(receiver.posts.map(({ text }) => text)).toEqual([
      expect.stringContaining('triage has paused itself'),
    ]);
  });

  it('once a day that a budget is used up', async () => {
    const budget = { runsPerDay: 2, minutesPerDay: null, failuresInARow: null };
    const { world, receiver } = await toldWorld({
      agent: { budget, scale: 2 },
      about: ['budget'],
      exitCode: 0,
    });
    await ended(world, '1');
    expect(receiver.posts).toEqual([]);
    await ended(world, '2');
    expect(receiver.posts).toHaveLength(1);
    await ended(world, '3');
    await ended(world, '4');
    await pass(world, 5);
    expect(receiver.posts).toHaveLength(1);
    await world.advance(24 * 60 * minuteMs);
    await world.sweep();
    await pass(world, 5);
    expect(receiver.posts.map(({ text }) => text)).toEqual([
      expect.stringContaining('used up its budget of the day'),
      expect.stringContaining('used up its budget of the day'),
    ]);
  });

  it('of all that one ending comes to in one message', async () => {
    const budget = { runsPerDay: 1, minutesPerDay: null, failuresInARow: 1 };
    const { world, receiver } = await toldWorld({ agent: { budget } });
    const run = await ended(world, '1');
    expect(receiver.posts).toHaveLength(1);
    expect(receiver.posts[0]?.text.split('\n')).toHaveLength(4);
    expect((await noticeOf(world, run))?.about).toEqual(['failure', 'pause', 'budget']);
  });
});

describe('a receiver', () => {
  it('that is away is tried again, later each time, and then told', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'the receiver answered 503' });
    const run = await ended(world, '1');
    const failing = await world.run(run);
    expect(failing.notice).toMatchObject({ state: 'due', attempts: 1 });
    expect(failing.notice?.error).toBe('the receiver answered 503');
    expect(failing.dueAt).toEqual(failing.notice?.nextAt);
    await pass(world, 20);
    expect(receiver.posts.length).toBeGreaterThan(3);
    expect(receiver.posts.length).toBeLessThan(7);
    receiver.answer = () => ({ outcome: 'taken' });
    await pass(world, 40);
    expect(await world.run(run)).toMatchObject({ notice: { state: 'sent' }, dueAt: null });
  });

  it('that says when is not asked before', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: '429', afterMs: 30 * minuteMs });
    await ended(world, '1');
    await pass(world, 29);
    expect(receiver.posts).toHaveLength(1);
    receiver.answer = () => ({ outcome: 'taken' });
    await pass(world, 3);
    expect(receiver.posts).toHaveLength(2);
  });

  it('that never takes anything is given up after hours, for everybody to see', async () => {
    const { world, receiver, logged } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'the receiver answered 503' });
    const run = await ended(world, '1');
    await pass(world, 300);
    expect(receiver.posts).toHaveLength(9);
    expect(await world.run(run)).toMatchObject({
      notice: { state: 'given_up', attempts: 9, error: 'the receiver answered 503' },
      dueAt: null,
    });
    expect(logged).toEqual(['notification given up']);
  });

  it('that refuses is given up at once', async () => {
    const { world, receiver, logged } = await toldWorld();
    receiver.answer = () => ({ outcome: 'refused', why: 'the receiver answered 404: no_service' });
    const run = await ended(world, '1');
    expect(await noticeOf(world, run)).toMatchObject({ state: 'given_up', attempts: 1 });
    expect((await world.run(run)).dueAt).toBeNull();
    expect(logged).toEqual(['notification given up']);
  });

  it('whose address is not in Secret Manager yet is told when it is', async () => {
    const { world, receiver } = await toldWorld({ address: null });
    const run = await ended(world, '1');
    const notice = await noticeOf(world, run);
    expect(notice).toMatchObject({ state: 'due' });
    expect(notice?.error).toBe('the credential slack_webhook:default is not there');
    await keepAddress(world, `${address}\n`);
    await pass(world, 3);
    expect(receiver.posts.map(({ url }) => url)).toEqual([address]);
  });

  it('is told nothing any more once the project says so', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'the receiver answered 503' });
    const run = await ended(world, '1');
    await world.publish(projectOf({ triage: {} }));
    await pass(world, 3);
    expect(receiver.posts).toHaveLength(1);
    expect(await noticeOf(world, run)).toMatchObject({ state: 'given_up' });
  });
});

describe('a notice', () => {
  it('is not posted twice by two polls at once', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'busy' });
    const run = await ended(world, '1');
    receiver.posts.length = 0;
    await world.advance(2 * minuteMs);
    receiver.answer = () => ({ outcome: 'taken' });
    await Promise.all([
      poll(world.ports, world.releases, run),
      poll(world.ports, world.releases, run),
    ]);
    expect(receiver.posts).toHaveLength(1);
  });

  it('is tried although the sweep puts the run off at the same time', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'busy' });
    const run = await ended(world, '1');
    receiver.posts.length = 0;
    await world.advance(2 * minuteMs);
    const { documents } = world.ports;
    const dueAt = new Date(world.ports.clock.now() + 60 * minuteMs);
    let isPutOff = false;
    const commit: typeof documents.commit = async (writes, tellTime) => {
      if (!isPutOff) {
        isPutOff = true;
        await documents.commit([{ op: 'update', path: `runs/${run}`, fields: { dueAt } }]);
      }
      return documents.commit(writes, tellTime);
    };
    const ports = { ...world.ports, documents: { ...documents, commit } };
    await deliverNotice(ports, world.releases, run);
    expect(receiver.posts).toHaveLength(1);
    const { notice, dueAt: next } = await world.run(run);
    expect(next).toEqual(notice?.nextAt);
  });

  it('counts an attempt at which somebody died', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => Promise.reject(new Error('the instance is gone'));
    const run = await ended(world, '1').catch(() => '');
    const [{ notice } = { notice: null }] = await world.runs();
    expect(notice?.attempts).toBeGreaterThan(0);
    expect(notice?.state).toBe('due');
    receiver.answer = () => ({ outcome: 'taken' });
    await pass(world, 70);
    const [after] = await world.runs();
    expect(after?.notice?.state).toBe('sent');
    expect(run).toBeDefined();
  });

  it('waits for a failing cloud as for a failing receiver', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => Promise.reject(new CloudError('unavailable', 'Secrets: busy'));
    const run = await ended(world, '1');
    expect(await noticeOf(world, run)).toMatchObject({ state: 'due', error: 'Secrets: busy' });
  });

  it('of a run keeps nothing else of it from being done', async () => {
    const { world, receiver } = await toldWorld();
    receiver.answer = () => ({ outcome: 'later', why: 'busy' });
    const run = await ended(world, '1');
    expect((await world.run(run)).cleanedAt).not.toBeNull();
    expect(await world.leftovers()).toEqual([]);
    expect(await world.slots('triage')).toEqual([]);
  });
});
