import { once } from 'node:events';
import type { Server } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

export interface PushedMessage {
  data: string;
  attributes: { [name: string]: string };
}

/** Pub/Sub of one project, with push subscriptions that back off for 0.1 s to 0.5 s. */
export interface PushUnderTest {
  project: string;
  /** After this time without a push, in ms, none is to come. */
  quietMs: number;
  createTopic(id: string): Promise<void>;
  subscribe(id: string, topic: string, endpoint: string): Promise<void>;
  /** Answers with the message's id. */
  publish(topic: string, message: PushedMessage): Promise<string>;
  /** Of the tokens that pushes carry. */
  keys?: JSONWebKeySet;
  close(): Promise<void>;
}

/** Whose token every subscription asks for. */
export const identity = {
  serviceAccount: 'pubsub@demo-drover.iam.gserviceaccount.com',
  audience: 'https://logs.example.com',
};

/** One push as the endpoint saw it. */
interface Received {
  /** Which endpoint of the test. */
  path: string;
  authorization: string | undefined;
  contentType: string | undefined;
  subscription: string;
  message: {
    data?: string;
    attributes?: { [name: string]: string };
    messageId: string;
    message_id: string;
    publishTime: string;
    publish_time: string;
  };
}

const received: Received[] = [];
/** The running test's; subscriptions of earlier tests may still be pushing, and are answered 204. */
let topic = '';
let topics = 0;
/** The status of the answer to the push of a message with this number, from 1. */
let answer: (push: Received, attempt: number) => number = () => 204;

http('push-endpoint', (req, res) => {
  const body = JSON.parse((req.rawBody ?? Buffer.alloc(0)).toString()) as Received;
  const push: Received = {
    ...body,
    path: req.path,
    authorization: req.headers.authorization,
    contentType: req.headers['content-type'],
  };
  received.push(push);
  const attempt = pushesOf(push.message.messageId, push.path).length;
  res.status(push.path.startsWith(`/${topic}/`) ? answer(push, attempt) : 204).end();
});

/** Pushes of one message to one endpoint. */
const pushesOf = (id: string, path?: string): Received[] =>
  received.filter(
    (push) => push.message.messageId === id && (path === undefined || push.path === path),
  );

const answeredWith = (status: number) => ({ attributes: { status: String(status) } });

const because = (gap: string | undefined): string => (gap === undefined ? '' : ` (${gap})`);

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** How long in ms something may take: Google's emulator backs off from an endpoint that refuses, for longer when the machine is busy. */
const patienceMs = 150_000;

/**
 * What a push endpoint may rely on. The endpoint is a function of the real Functions Framework.
 *
 * @param gaps Rules that this Pub/Sub is known not to keep, with the reason.
 */
export function pushContract(
  name: string,
  open: () => Promise<PushUnderTest>,
  gaps: { identity?: string; status202?: string } = {},
): void {
  describe(`push: ${name}`, () => {
    let under: PushUnderTest;
    let server: Server;
    let base = '';
    const eventually = (check: () => void): Promise<void> =>
      vi.waitFor(check, { timeout: patienceMs, interval: 20 });
    const subscribe = (id = 'sub'): Promise<void> =>
      under.subscribe(`${topic}-${id}`, topic, `${base}/${topic}/${id}`);
    /** What the running test's subscriptions got. */
    const here = (id = ''): Received[] =>
      received.filter(({ path }) => path.startsWith(`/${topic}/${id}`));
    const publish = (message: Partial<PushedMessage> = {}): Promise<string> =>
      under.publish(topic, { data: 'line', attributes: {}, ...message });

    beforeAll(async () => {
      under = await open();
      server = getTestServer('push-endpoint').listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    });
    afterAll(async () => {
      await under.close();
      server.closeAllConnections();
      server.close();
    });
    beforeEach(async () => {
      answer = () => 204;
      topics += 1;
      topic = `topic-${topics}`;
      await under.createTopic(topic);
    });

    it('every message arrives, one a request, as Google sends it', async () => {
      await subscribe();
      const sent = Array.from({ length: 40 }, (_, index) => ({
        data: JSON.stringify({ line: index, text: 'naïve ☂' }),
        attributes: { 'logging.googleapis.com/timestamp': `t${index}`, empty: '' },
      }));
      const ids = await Promise.all(sent.map((message) => publish(message)));
      await eventually(() => expect(here()).toHaveLength(40));

      expect(new Set(ids).size).toBe(40);
      for (const [index, id] of ids.entries()) {
        const [push] = pushesOf(id);
        expect(push?.contentType).toBe('application/json');
        expect(push?.subscription).toBe(`projects/${under.project}/subscriptions/${topic}-sub`);
        const {
          data = '',
          attributes,
          message_id,
          publishTime,
          publish_time,
        } = push?.message ?? {};
        expect(Buffer.from(data, 'base64').toString()).toBe(sent[index]?.data);
        expect(attributes).toEqual(sent[index]?.attributes);
        expect(message_id).toBe(id);
        expect(publishTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
        expect(publish_time).toBe(publishTime);
      }
    });

    it('a message may have data alone, or attributes alone', async () => {
      await subscribe();
      const data = await publish({ data: 'only' });
      const attributes = await publish({ data: '', attributes: { only: 'this' } });
      await eventually(() => expect(here()).toHaveLength(2));
      expect(pushesOf(data)[0]?.message.attributes ?? {}).toEqual({});
      expect(pushesOf(attributes)[0]?.message.data ?? '').toBe('');
    });

    it('a message without data and attributes is refused', async () => {
      await expect(publish({ data: '' })).rejects.toMatchObject({ code: 3 });
    });

    it('a topic that does not exist is refused', async () => {
      const message = { data: 'line', attributes: {} };
      await expect(under.publish('nowhere', message)).rejects.toMatchObject({ code: 5 });
    });

    const acknowledging = [200, 201, 204, ...(gaps.status202 === undefined ? [202] : [])];

    it(`the statuses ${acknowledging.join(', ')} acknowledge${because(gaps.status202)}`, async () => {
      answer = ({ message }) => Number(message.attributes?.status);
      await subscribe();
      const ids = await Promise.all(acknowledging.map((status) => publish(answeredWith(status))));
      await eventually(() => expect(here()).toHaveLength(ids.length));
      await pause(under.quietMs);
      for (const id of ids) expect(pushesOf(id)).toHaveLength(1);
    });

    it('any other status refuses, and the same message comes again until it is acknowledged', async () => {
      // Each refusal slows the whole subscription down, by up to a minute: one of them is repeated.
      const times = (status: number): number => (status === 500 ? 3 : 2);
      answer = ({ message }, attempt) => {
        const status = Number(message.attributes?.status);
        return attempt < times(status) ? status : 204;
      };
      await subscribe();
      const statuses = [302, 400, 404, 429, 500, 503];
      const ids = await Promise.all(statuses.map((status) => publish(answeredWith(status))));
      await eventually(() => {
        for (const [index, id] of ids.entries()) {
          expect(pushesOf(id)).toHaveLength(times(statuses[index] ?? 0));
        }
      });
      await pause(under.quietMs);
      for (const [index, id] of ids.entries()) {
        const again = pushesOf(id).map(({ message }) => message.attributes);
        const status = statuses[index] ?? 0;
        const { attributes } = answeredWith(status);
        expect(again).toEqual(Array.from({ length: times(status) }, () => attributes));
      }
    }, 180_000);

    it('every subscription of a topic gets the message', async () => {
      await subscribe('a');
      await subscribe('b');
      const id = await publish();
      await eventually(() => expect(here()).toHaveLength(2));
      expect([...here('a'), ...here('b')].map(({ message }) => message.messageId)).toEqual([
        id,
        id,
      ]);
    });

    it('an endpoint that refuses for ever holds up no other subscription', async () => {
      answer = ({ path }) => (path.endsWith('/bad') ? 500 : 204);
      await subscribe('bad');
      await subscribe('good');
      const ids = await Promise.all(Array.from({ length: 20 }, () => publish()));
      await eventually(() => expect(here('good')).toHaveLength(20));
      const arrived = here('good').map(({ message }) => message.messageId);
      expect(arrived.sort()).toEqual([...ids].sort());
      expect(here('bad')).not.toEqual([]);
    });

    it('one message that is refused holds up none of the others', async () => {
      answer = ({ message }) => (message.attributes?.poison ? 500 : 204);
      await subscribe();
      await publish({ attributes: { poison: 'yes' } });
      const ids = await Promise.all(Array.from({ length: 10 }, () => publish()));
      await eventually(() => {
        for (const id of ids) expect(pushesOf(id)).toHaveLength(1);
      });
    });

    it.skipIf(gaps.identity !== undefined)(
      `a push carries an identity token${because(gaps.identity)}`,
      async () => {
        await subscribe();
        await publish();
        await eventually(() => expect(here()).toHaveLength(1));
        const [scheme, token = ''] = (here()[0]?.authorization ?? '').split(' ');
        expect(scheme).toBe('Bearer');
        const { payload } = await jwtVerify(token, createLocalJWKSet(under.keys ?? { keys: [] }), {
          issuer: 'https://accounts.google.com',
          audience: identity.audience,
        });
        expect(payload).toMatchObject({ email: identity.serviceAccount, email_verified: true });
      },
    );
  });
}
