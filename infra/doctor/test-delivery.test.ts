import { describe, expect, it } from 'vitest';
import { providerOf } from '../../shared/webhooks/providers.ts';
import type { WebhookSource } from '../../shared/webhooks/trigger.ts';
import { testRequest, testSender } from './test-delivery.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const secret = Buffer.from('between us');
const source = (type: string, options: WebhookSource['options'] = {}): WebhookSource => ({
  type,
  secrets: ['default'],
  allowUnsigned: false,
  options,
});

describe('a test delivery', () => {
  it.each([
    ['github', {}],
    ['generic', {}],
    ['generic', { signatureAlgorithm: 'sha512', signatureEncoding: 'base64' }],
    [
      'generic',
      {
        signatureHeader: 'X-Sign',
        signaturePrefix: 'v1=',
        eventHeader: 'X-Event',
        deliveryHeader: 'X-Id',
      },
    ],
  ] as const)('of %s with %j is one that its provider takes', (type, options) => {
    const own = source(type, options);
    const { headers, body } = testRequest({ type, source: own }, 'doctor-1', secret);
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const request = { headers: Object.fromEntries(lower), body: Buffer.from(body) };
    const provider = providerOf(type);
    expect(provider?.verify(request, secret, own, now)).toBe(true);
    expect(provider?.verify(request, Buffer.from('another'), own, now)).toBe(false);
    expect(provider?.read(request, JSON.parse(body), own, now)).toMatchObject({
      kind: 'event',
      deliveryId: 'doctor-1',
      context: { event: 'drover_doctor' },
    });
  });

  it('comes from GitHub where the project has such a source, and from nobody where none can be signed', () => {
    const sources = { mail: source('generic'), code: source('github'), chat: source('slack') };
    expect(testSender({ sources })).toMatchObject({
      name: 'code',
      credential: { type: 'github_webhook_secret', instance: 'default' },
      field: 'secret',
    });
    expect(testSender({ sources: { chat: source('slack') } })).toBeUndefined();
    expect(testSender({ sources: { code: { ...source('github'), secrets: [] } } })).toBeUndefined();
  });
});
