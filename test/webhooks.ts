import type { WebhookContext, WebhookReading } from '../shared/webhooks/provider.ts';
import { providerOf } from '../shared/webhooks/providers.ts';
import type { WebhookSource } from '../shared/webhooks/trigger.ts';

/** When every event of these tests is received. */
export const receivedAt = Date.parse('2026-03-01T12:00:00Z');

/** A source of this type with these settings, and one secret. */
export function sourceOf(type: string, options: WebhookSource['options'] = {}): WebhookSource {
  return { type, secrets: ['default'], allowUnsigned: false, options };
}

interface Read {
  headers?: { [name: string]: string };
  options?: WebhookSource['options'];
}

/** What a provider makes of a verified request. */
export function readAs(
  type: string,
  payload: unknown,
  { headers = {}, options = {} }: Read = {},
): WebhookReading {
  const provider = providerOf(type);
  if (!provider) throw new Error(`no provider ${type}`);
  const request = { headers, body: Buffer.from('') };
  return provider.read(request, payload, sourceOf(type, options), receivedAt);
}

/** What agents are told of it. */
export function contextOf(type: string, payload: unknown, read?: Read): WebhookContext {
  const reading = readAs(type, payload, read);
  if (reading.kind !== 'event') throw new Error(reading.kind);
  return reading.context;
}
