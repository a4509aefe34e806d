import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memoryStore } from './engines/engine.ts';
import { createPubSubEngine, type PubSubEngine } from './engines/pubsub/engine.ts';
import type { Subscription } from './engines/pubsub/types.ts';
import type { Loop } from './loop.ts';
import { deliverPushes, type PushDelivery } from './push-delivery.ts';

const topic = 'projects/demo/topics/logs';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Endpoint {
  url: string;
  server: Server;
  /** Bodies, in the order of their arrival. */
  received: { message: { data: string } }[];
  authorizations: (string | undefined)[];
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

async function listen(answer: Answer = ok, port = 0): Promise<Endpoint> {
  const received: Endpoint['received'] = [];
  const authorizations: Endpoint['authorizations'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    authorizations.push(request.headers.authorization);
    received.push(JSON.parse(Buffer.concat(chunks).toString()));
    answer(response, request);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}/`, server, received, authorizations };
}

function ok(response: ServerResponse): void {
  response.writeHead(204).end();
}

interface Setup {
  engine: PubSubEngine;
  loop: Loop;
  publish(text: string): void;
}

function deliver(
  endpoint: string,
  changes: Partial<Subscription> = {},
  options: Partial<PushDelivery> = {},
  store = memoryStore(),
): Setup {
  const now = options.now ?? Date.now;
  const engine = createPubSubEngine({ now, random: Math.random, store });
  if (engine.topics().length === 0) {
    engine.createTopic(topic);
    engine.createSubscription({
      name: 'projects/demo/subscriptions/logs',
      topic,
      endpoint,
      ackDeadlineSeconds: 10,
      retry: { minimumSeconds: 0.02, maximumSeconds: 0.1 },
      ...changes,
    });
  }
  const mint = async (): Promise<string> => 'token';
  const loop = deliverPushes({ engine, mint, now, ...options });
  closers.push(loop.stop);
  const publish = (text: string): void => {
    engine.publish(topic, { data: Buffer.from(text), attributes: {} });
    loop.poke();
  };
  return { engine, loop, publish };
}

const texts = ({ received }: Endpoint): string[] =>
  received.map(({ message }) => Buffer.from(message.data, 'base64').toString());
const idle = ({ engine }: Setup): void => expect(engine.nextDue()).toBeUndefined();

describe('the delivery of pushes', () => {
  it('takes 102 for an acknowledgement', async () => {
    const endpoint = await listen((response) => response.writeProcessing());
    const setup = deliver(endpoint.url);
    setup.publish('a');
    await vi.waitFor(() => expect(endpoint.received).toHaveLength(1));
    await vi.waitFor(() => idle(setup));
  });

  it('tries again when a connection breaks or nobody listens', async () => {
    let broken = 0;
    const endpoint = await listen((response, request) => {
      broken += 1;
      if (broken < 3) request.socket.destroy();
      else ok(response);
    });
    const setup = deliver(endpoint.url);
    setup.publish('a');
    await vi.waitFor(() => expect(texts(endpoint)).toEqual(['a', 'a', 'a']));
    await vi.waitFor(() => idle(setup));

    endpoint.server.closeAllConnections();
    endpoint.server.close();
    await once(endpoint.server, 'close');
    setup.publish('b');
    const reopened = await listen(ok, Number(new URL(endpoint.url).port));
    await vi.waitFor(() => expect(texts(reopened)).toEqual(['b']));
  });

  it('pushes again what an endpoint sits on past the deadline', async () => {
    let skipped = 0;
    let pushes = 0;
    const endpoint = await listen((response) => {
      pushes += 1;
      if (pushes > 1) ok(response);
    });
    const now = (): number => Date.now() + skipped;
    const setup = deliver(endpoint.url, {}, { now });
    setup.publish('a');
    await vi.waitFor(() => expect(endpoint.received).toHaveLength(1));
    skipped = 10_000;
    setup.loop.poke();
    await vi.waitFor(() => expect(texts(endpoint)).toEqual(['a', 'a']));
    await vi.waitFor(() => idle(setup));
  });

  it('sends an identity token that it asks for once, and again after half an hour', async () => {
    let skipped = 0;
    const asked: object[] = [];
    const endpoint = await listen();
    const oidc = { serviceAccount: 'pubsub@demo.iam.gserviceaccount.com', audience: 'logs' };
    const setup = deliver(
      endpoint.url,
      { oidc },
      {
        now: () => Date.now() + skipped,
        mint: async (identity) => `token-${asked.push(identity)}`,
      },
    );
    for (const text of ['a', 'b', 'c']) setup.publish(text);
    await vi.waitFor(() => expect(endpoint.received).toHaveLength(3));
    expect(new Set(endpoint.authorizations)).toEqual(new Set(['Bearer token-1']));
    skipped = 31 * 60 * 1000;
    setup.publish('d');
    await vi.waitFor(() => expect(endpoint.authorizations.at(-1)).toBe('Bearer token-2'));
    expect(asked[0]).toEqual({ email: oidc.serviceAccount, audience: 'logs' });
  });

  it('waits for a token when there is none, and pushes nothing without it', async () => {
    let refusals = 2;
    const endpoint = await listen();
    const oidc = { serviceAccount: 'pubsub@demo.iam.gserviceaccount.com' };
    const mint = async ({ audience }: { audience: string }): Promise<string> => {
      refusals -= 1;
      if (refusals >= 0) throw new Error('no key yet');
      return audience;
    };
    deliver(endpoint.url, { oidc }, { mint }).publish('a');
    await vi.waitFor(() => expect(endpoint.authorizations).toEqual([`Bearer ${endpoint.url}`]));
  });

  it('sends no header of identity where none is asked for', async () => {
    const endpoint = await listen();
    deliver(endpoint.url).publish('a');
    await vi.waitFor(() => expect(endpoint.authorizations).toEqual([undefined]));
  });

  it('keeps its connections', async () => {
    const endpoint = await listen();
    let connections = 0;
    endpoint.server.on('connection', () => {
      connections += 1;
    });
    const setup = deliver(endpoint.url);
    for (let turn = 1; turn <= 30; turn += 1) {
      setup.publish(String(turn));
      await vi.waitFor(() => expect(endpoint.received).toHaveLength(turn), { interval: 2 });
    }
    expect(connections).toBeLessThan(10);
  });

  it('ends with stop, and what is left is pushed by the next process', async () => {
    const endpoint = await listen();
    const store = memoryStore();
    const first = deliver(endpoint.url, {}, {}, store);
    first.publish('a');
    await vi.waitFor(() => idle(first));
    first.loop.stop();
    first.publish('b');
    await new Promise((done) => setTimeout(done, 50));
    expect(texts(endpoint)).toEqual(['a']);
    deliver(endpoint.url, {}, {}, store);
    await vi.waitFor(() => expect(texts(endpoint)).toEqual(['a', 'b']));
  });
});
