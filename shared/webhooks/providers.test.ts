import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../infra/local/engines/engine.ts';
import { createFirestoreEngine } from '../../infra/local/engines/firestore/index.ts';
import { inProcessDocuments } from '../../infra/local/in-process/documents.ts';
import { senders } from '../../test/wire/senders.ts';
import type { WebhookProvider, WebhookReading, WebhookRequest } from './provider.ts';
import { filtersOf, providerOf, providers } from './providers.ts';
import type { WebhookSource } from './trigger.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

function provider(type: string): WebhookProvider {
  const found = providerOf(type);
  if (!found) throw new Error(`no provider ${type}`);
  return found;
}

const sourceOf = (type: string): WebhookSource => ({
  type,
  secrets: ['default'],
  allowUnsigned: false,
  options: {},
});

describe('the providers', () => {
  it('are those that Action Llama has, and one for all others', () => {
    expect(providers.map(({ type }) => type)).toEqual([
      'github',
      'sentry',
      'linear',
      'mintlify',
      'slack',
      'discord',
      'twitter',
      'generic',
      'test',
    ]);
  });

  it('each have a sender to be tested with, but for the one that needs none', () => {
    expect([...senders.map(({ type }) => type), 'test']).toEqual(providers.map(({ type }) => type));
  });

  it('all have the filter sender', () => {
    for (const { type } of providers) expect(filtersOf(type)).toHaveProperty('sender');
    expect(filtersOf('gitlab')).toEqual({});
  });
});

describe.each(senders)('a request of $type', (sender) => {
  const { type, payload, youngerThan } = sender;
  const ours = sender.secret('ours');
  const body = Buffer.from(JSON.stringify(payload));
  const stored = Buffer.from(ours.stored);
  const request = (headers: WebhookRequest['headers'], bytes: Uint8Array = body) => ({
    headers: { ...sender.headers, ...headers },
    body: bytes,
  });
  const isVerified = (made: WebhookRequest, secret: Uint8Array = stored, at = now): boolean =>
    provider(type).verify(made, secret, sourceOf(type), at);
  const signed = request(ours.sign(body, now));

  it('is verified by the secret that signed it', () => {
    expect(provider(type).isSigned(signed, sourceOf(type))).toBe(true);
    expect(isVerified(signed)).toBe(true);
  });

  it('is not verified without a signature, and is known to have none', () => {
    expect(provider(type).isSigned(request({}), sourceOf(type))).toBe(false);
    expect(isVerified(request({}))).toBe(false);
  });

  it('is not verified by another secret, nor by none', () => {
    expect(isVerified(signed, Buffer.from(sender.secret('theirs').stored))).toBe(false);
    expect(isVerified(signed, Buffer.alloc(0))).toBe(false);
    expect(isVerified(request(sender.secret('theirs').sign(body, now)))).toBe(false);
  });

  it('is not verified when any bit of its body has changed', () => {
    fc.assert(
      fc.property(fc.nat(body.byteLength - 1), fc.nat(7), (index, bit) => {
        const changed = Buffer.from(body);
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(isVerified({ ...signed, body: changed })).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(isVerified({ ...signed, body: body.subarray(0, -1) })).toBe(false);
    expect(isVerified({ ...signed, body: Buffer.concat([body, Buffer.from(' ')]) })).toBe(false);
  });

  it('is verified by one spelling of its signature only', () => {
    for (const [name, value] of Object.entries(ours.sign(body, now))) {
      const others = ['', `${value}0`, `${value}=`, value.slice(0, -1), ` ${value}`, `${value} `];
      for (const other of [...others, `${value}, ${value}`, `x${value}`]) {
        expect(isVerified(request({ ...signed.headers, [name]: other }))).toBe(false);
      }
    }
  });

  it('is verified only while it is young, where the time is signed', () => {
    const most = youngerThan ?? 7 * 86_400_000;
    for (const early of [-most, most]) expect(isVerified(signed, stored, now + early)).toBe(true);
    for (const late of [-most - 1_000, most + 1_000]) {
      expect(isVerified(signed, stored, now + late)).toBe(youngerThan === undefined);
    }
  });

  it('is verified or not, but never throws, whatever its headers and the secret are', () => {
    const names = Object.keys(signed.headers);
    const values = fc.oneof(
      fc.string(),
      fc.constantFrom(...Object.values(signed.headers)),
      fc.constantFrom('sha256=', 'v0=', '0'.repeat(64), '0'.repeat(128), '-1', '9'.repeat(400)),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), values),
        fc.uint8Array({ maxLength: 100 }),
        (headers, secret) => {
          expect(isVerified({ headers, body }, secret)).toBe(false);
        },
      ),
    );
  });

  it('is read as the event that it is', () => {
    expect(provider(type).read(signed, payload, sourceOf(type), now)).toMatchObject({
      kind: 'event',
      deliveryId: sender.deliveryId,
      context: { source: type, timestamp: '2026-03-01T12:00:00.000Z', ...sender.context },
    });
  });
});

describe.each(providers.map(({ type }) => type))('whatever is sent as %s', (type) => {
  const sender = senders.find((one) => one.type === type);
  const { documents } = {
    documents: inProcessDocuments(
      createFirestoreEngine(
        { now: () => now, random: () => 0.5, store: memoryStore() },
        { project: 'test', indexes: { indexes: [], fieldOverrides: [] } },
      ),
    ),
  };
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\ud800',
      '\u0000',
      '__proto__',
      'x'.repeat(5_000),
      '2026-01-01',
      '9'.repeat(20),
    ),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      texts,
      fc.constantFrom(null, true, 0, -1, 1.5, 1e300, 1, 2, 3, 4, 5),
      fc.array(tie('json'), { maxLength: 5 }),
      fc.dictionary(texts, tie('json'), { maxKeys: 4 }),
    ),
  }));

  /** The provider's own payload with some of its values replaced. */
  const mutated = json.chain((value) =>
    fc
      .nat(60)
      .map((place) => replaceAt(sender?.payload ?? { event: 'x', labels: ['a'] }, place, value)),
  );

  it('is read without throwing, into a context that is bounded and can be stored', async () => {
    const headers = fc.dictionary(
      fc.constantFrom(...Object.keys(sender?.headers ?? {}), 'webhook-id'),
      fc.string({ maxLength: 20 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(json, mutated), headers, async (payload, other) => {
        const request = { headers: { ...sender?.headers, ...other }, body: Buffer.from('') };
        const reading: WebhookReading = provider(type).read(request, payload, sourceOf(type), now);
        if (reading.kind !== 'event') return;
        const { context, deliveryId } = reading;
        expect(deliveryId === null || typeof deliveryId === 'string').toBe(true);
        expect(JSON.stringify(context).length).toBeLessThan(250_000);
        for (const [field, value] of Object.entries(context)) {
          const isBounded =
            typeof value === 'number' || typeof value === 'object' || value.length <= 4_003;
          expect([field, isBounded]).toEqual([field, true]);
        }
        expect(new Date(context.timestamp).getTime()).not.toBeNaN();
        await documents.commit([{ op: 'set', path: 'contexts/1', data: { context } }]);
      }),
      { numRuns: 150 },
    );
  });

  it('has values to hold each filter against, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(json, mutated), (payload) => {
        const request = { headers: sender?.headers ?? {}, body: Buffer.from('') };
        const reading = provider(type).read(request, payload, sourceOf(type), now);
        if (reading.kind !== 'event') return;
        for (const { values } of Object.values(filtersOf(type))) {
          const found = values(reading.context, payload);
          expect(found.every((value) => typeof value === 'string')).toBe(true);
        }
      }),
    );
  });
});

/** A copy of `value` whose `place`-th value, counted in depth, is another. */
function replaceAt(value: unknown, place: number, other: unknown): unknown {
  let left = place;
  const walk = (part: unknown): unknown => {
    if (left === 0) {
      left -= 1;
      return other;
    }
    left -= 1;
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}
