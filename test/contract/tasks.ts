import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import type { Tasks } from '../../shared/ports/index.ts';
import { createReceiver, type Receiver } from './tasks-receiver.ts';

/** One implementation of {@link Tasks}, with everything behind it that makes its deliveries. */
export interface TasksUnderTest {
  tasks: Tasks;
  issuer: string;
  /** The keys that identity tokens are signed with. */
  keys: JSONWebKeySet;
  close(): Promise<void>;
}

/** The clock that deliveries go by. */
export interface TestClock {
  now(): number;
  /** Lets a little time pass. */
  pass(): Promise<void>;
}

/** The settings that the contract asks for; the queue is called `dispatch`, and there is no other. */
export type TasksSetup = (
  settings: CloudSettings,
  queue: typeof retries,
) => Promise<TasksUnderTest>;

/** What the queue must be configured with. Times in ms. */
const retries = { maxAttempts: 4, minBackoffMs: 100, maxBackoffMs: 200, maxDoublings: 1 } as const;

const account = 'tasks@demo.iam.gserviceaccount.com';

/** What every implementation of {@link Tasks} must do. `clock` is the one its deliveries go by. */
export function tasksContract(name: string, clock: TestClock, setup: TasksSetup): void {
  describe(`tasks: ${name}`, () => {
    let receiver: Receiver;
    let under: TasksUnderTest;

    beforeEach(async () => {
      receiver = await createReceiver(clock.now);
      under = await setup(
        {
          project: 'demo',
          region: 'europe-west1',
          targets: {
            dispatch: { queue: 'dispatch', url: receiver.url },
            poll: { queue: 'nowhere', url: receiver.url },
          },
          tasksServiceAccount: account,
        },
        retries,
      );
    });

    afterEach(async () => {
      await under.close();
      await receiver.close();
    });

    /** The first `count` deliveries, once they are there. */
    const deliveries = async (count: number) => {
      while (receiver.received.length < count) await clock.pass();
      return receiver.received.slice(0, count);
    };

    it('delivers the body to the target by POST, as JSON', async () => {
      expect(await under.tasks.enqueue({ target: 'dispatch', body: { agent: 'é', n: 1 } })).toBe(
        'enqueued',
      );
      const [first] = await deliveries(1);
      expect(first).toMatchObject({ method: 'POST', path: '/' });
      expect(first?.headers['content-type']).toBe('application/json');
      expect(JSON.parse(first?.body ?? '')).toEqual({ agent: 'é', n: 1 });
    });

    it('signs a token of the service account for the target as audience', async () => {
      await under.tasks.enqueue({ target: 'dispatch', body: {} });
      const [first] = await deliveries(1);
      const [scheme, token = ''] = first?.headers.authorization?.split(' ') ?? [];
      expect(scheme).toBe('Bearer');
      const { payload } = await jwtVerify(token, createLocalJWKSet(under.keys), {
        issuer: under.issuer,
        audience: receiver.url,
        currentDate: new Date(clock.now()),
      });
      expect(payload).toMatchObject({ email: account, email_verified: true });
    });

    it('says which queue, task and attempt it is', async () => {
      await under.tasks.enqueue({ target: 'dispatch', body: {}, name: 'a1-wake' });
      const [first] = await deliveries(1);
      expect(first?.headers).toMatchObject({
        'user-agent': 'Google-Cloud-Tasks',
        'x-cloudtasks-queuename': 'dispatch',
        'x-cloudtasks-taskname': 'a1-wake',
        'x-cloudtasks-taskretrycount': '0',
        'x-cloudtasks-taskexecutioncount': '0',
        'x-cloudtasks-tasketa': expect.stringMatching(/^\d+\.\d+$/),
      });
      expect(first?.headers).not.toHaveProperty('x-cloudtasks-taskpreviousresponse');
    });

    it('tries again after an answer that is no 2xx, later each time, until one is', async () => {
      receiver.answers.push({ status: 500 }, { status: 404 }, { status: 302 });
      await under.tasks.enqueue({ target: 'dispatch', body: {}, name: 'a2-retry' });
      const [first, second, third, fourth] = await deliveries(4);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(retries.minBackoffMs);
      expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThanOrEqual(2 * retries.minBackoffMs);
      expect((fourth?.at ?? 0) - (third?.at ?? 0)).toBeGreaterThanOrEqual(retries.maxBackoffMs);
      expect(second?.headers).toMatchObject({
        'x-cloudtasks-taskretrycount': '1',
        'x-cloudtasks-taskexecutioncount': '0',
        'x-cloudtasks-taskpreviousresponse': '500',
        'x-cloudtasks-taskretryreason': '',
      });
      expect(third?.headers).toMatchObject({
        'x-cloudtasks-taskretrycount': '2',
        'x-cloudtasks-taskexecutioncount': '1',
        'x-cloudtasks-taskpreviousresponse': '404',
      });
      expect(fourth?.headers['x-cloudtasks-taskpreviousresponse']).toBe('302');
    });

    it('heeds the Retry-After of an overloaded target', async () => {
      receiver.answers.push({ status: 429, headers: { 'retry-after': '1' } });
      await under.tasks.enqueue({ target: 'dispatch', body: {} });
      const [first, second] = await deliveries(2);
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    });

    it('gives a task up after its last attempt', async () => {
      receiver.answers.push({ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 });
      await under.tasks.enqueue({ target: 'dispatch', body: { given: 'up' } });
      await deliveries(4);
      // A task that is due after a fifth attempt would be: when it is there, no fifth attempt is to come.
      const at = clock.now() + 4 * retries.maxBackoffMs;
      await under.tasks.enqueue({ target: 'dispatch', body: { after: 'it' }, at });
      const all = await deliveries(5);
      expect(all[4]?.body).toBe('{"after":"it"}');
    });

    it('accepts a name once, also after the task is over', async () => {
      const wakeUp = { target: 'dispatch', body: {}, name: 'a3-once' } as const;
      expect(await under.tasks.enqueue({ ...wakeUp, at: clock.now() + 200 })).toBe('enqueued');
      expect(await under.tasks.enqueue(wakeUp)).toBe('exists');
      await deliveries(1);
      expect(await under.tasks.enqueue(wakeUp)).toBe('exists');
    });

    it('does not deliver before the time a task is scheduled for', async () => {
      const at = clock.now() + 300;
      await under.tasks.enqueue({ target: 'dispatch', body: { late: 1 }, at });
      await under.tasks.enqueue({ target: 'dispatch', body: { early: 1 } });
      const [first, second] = await deliveries(2);
      expect(first?.body).toBe('{"early":1}');
      expect(second?.body).toBe('{"late":1}');
      expect(second?.at).toBeGreaterThanOrEqual(at);
      expect(second?.headers['x-cloudtasks-tasketa']).toBe((at / 1000).toFixed(6));
    });

    it('delivers what is scheduled in the past at once', async () => {
      await under.tasks.enqueue({ target: 'dispatch', body: {}, at: clock.now() - 60_000 });
      expect(await deliveries(1)).toHaveLength(1);
    });

    it('refuses an unknown queue', async () => {
      await expect(under.tasks.enqueue({ target: 'poll', body: {} })).rejects.toMatchObject({
        name: 'CloudError',
        code: 'not_found',
      });
    });

    it('refuses a bad name, a time more than 30 days ahead and a body over the limit', async () => {
      const refused = { name: 'CloudError', code: 'invalid_argument' };
      const target = 'dispatch';
      const days = 24 * 3_600_000;
      await expect(under.tasks.enqueue({ target, body: {}, name: 'a/b' })).rejects.toMatchObject(
        refused,
      );
      await expect(
        under.tasks.enqueue({ target, body: {}, at: clock.now() + 31 * days }),
      ).rejects.toMatchObject(refused);
      await expect(
        under.tasks.enqueue({ target, body: { big: 'x'.repeat(1024 * 1024) } }),
      ).rejects.toMatchObject(refused);
    });
  });
}
