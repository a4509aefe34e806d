import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { providerOf } from '../../shared/webhooks/providers.ts';
import { agentOf, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { sourceOf } from '../webhooks.ts';
import { send } from './http.ts';
import { senders } from './senders.ts';

/** Payloads that each provider sends. */
const payloads = 12;

let drover: TestDrover;
beforeAll(async () => {
  const project = projectOf({});
  const credentials: { [reference: string]: { [field: string]: string } } = {};
  for (const { type, secret } of senders) {
    project.sources[type] = sourceOf(type);
    const wanted = providerOf(type)?.secret;
    if (wanted) credentials[`${wanted.type}:default`] = { [wanted.field]: secret('ours').stored };
  }
  project.sources.test = sourceOf('test');
  // Its first run keeps its slot, so that all others are admitted and wait.
  project.agents.everything = agentOf({
    webhooks: Object.keys(project.sources).map((source) => ({ source, filters: {}, if: null })),
    maxWorkQueueSize: 1_000,
  });
  project.agents.nothing = agentOf({
    webhooks: Object.keys(project.sources).map((source) => ({
      source,
      filters: { sender: ['!nobody', 'what no event has'] },
      if: 'payload.a.exists(x, x == payload.b) || size(payload) > 100',
    })),
  });
  const program = () => ({ file: '/bin/sleep', args: ['600'], directory: '/' });
  drover = await startDrover({ project, credentials, program });
});
afterAll(() => drover.close());

const keys = fc.constantFrom(
  ...['a', 'b', 'type', 'event', 'data', 'action', 'issue', 'user', 'name', 'id', 'event_id'],
  ...['text', 'labels', 'channel', 'timestamp', 'sender', 'repo', '__proto__', 'constructor'],
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', '\u0000', '', 'url_verification', 'x'.repeat(100_000), '../..'),
    fc.constantFrom(null, true, 0, -1, 1.5, 1e300, 2, 3, 4, 5),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(keys, tie('json'), { maxKeys: 6 }),
  ),
}));
const objects = fc.dictionary(fc.oneof(keys, fc.string()), json, { maxKeys: 8 });

describe.each(senders)('whatever $type signs', (sender) => {
  it('is kept or refused, and answered in JSON', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(objects, fc.boolean(), async (hostile, isMixed) => {
        const body = JSON.stringify(isMixed ? { ...sender.payload, ...hostile } : hostile);
        const answer = await send(drover.base, {
          path: `/webhooks/${sender.type}`,
          headers: {
            'content-type': 'application/json',
            ...sender.headers,
            ...sender.secret('ours').sign(body, Date.now()),
          },
          body,
        });
        expect([200, 400]).toContain(answer.status);
        const { delivery } = answer.json;
        if (delivery === undefined) return;
        const kept = await drover.cloud.documents.get<Delivery>(`deliveries/${delivery}`);
        expect(kept?.data.provider).toBe(sender.type);
      }),
      { numRuns: payloads },
    );
  });
});

describe('whatever anybody sends without a signature', () => {
  it('is taken by the type test alone', { timeout: 60_000 }, async () => {
    const types = senders.map(({ type }) => type);
    await fc.assert(
      fc.asyncProperty(objects, fc.constantFrom('test', ...types), async (hostile, type) => {
        const answer = await send(drover.base, {
          path: `/webhooks/${type}`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(hostile),
        });
        expect(answer.status).toBe(type === 'test' ? 200 : 401);
      }),
      { numRuns: payloads * 4 },
    );
  });

  it('is no challenge, or one that is answered', { timeout: 60_000 }, async () => {
    const types = fc.constantFrom('test', ...senders.map(({ type }) => type), 'gitlab');
    const names = fc.constantFrom('crc_token', 'challenge', '__proto__', 'a[b]', '');
    const queries = fc.array(fc.tuple(names, fc.string({ unit: 'binary-ascii' })));
    await fc.assert(
      fc.asyncProperty(types, queries, async (type, pairs) => {
        const query = new URLSearchParams(pairs).toString();
        const path = `/webhooks/${type}?${query}`;
        const { status } = await send(drover.base, { method: 'GET', path });
        expect(type === 'twitter' ? [200, 400] : [404]).toContain(status);
      }),
      { numRuns: payloads * 4 },
    );
  });
});
