import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { accept } from '../shared/deliveries/accept.ts';
import type { Published } from '../shared/projects/release.ts';
import type { WebhookRequest } from '../shared/webhooks/provider.ts';
import { providerOf } from '../shared/webhooks/providers.ts';
import { createSigningSecrets } from '../shared/webhooks/signing-secrets.ts';
import { createApp } from './http/app.ts';
import { type JsonObject, parseObject, refuseOver } from './http/json.ts';
import type { Instance } from './instance.ts';

/** Largest body in bytes: GitHub sends nothing above 25 MB (GitHub docs, "Webhook events and payloads"). */
const largestBody = 25 * 1024 * 1024;

/** `POST /webhooks/<source>`: verifies, records and admits. The answer does not wait for any run. */
export function webhook({ ports, settings, releases }: Instance): Hono {
  const app = createApp(ports.log);
  const signingSecrets = createSigningSecrets(ports);

  app.post('/webhooks/:source', async (context) => {
    const source = context.req.param('source');
    const body = new Uint8Array(await context.req.arrayBuffer());
    refuseOver(largestBody, body.byteLength);
    const published = await releases.current();
    if (!published) throw new HTTPException(503, { message: 'no project is published' });
    const { configured, provider } = sourceOf(published, source);
    // All at once: asked for one by name, Hono's server gives what `receiveRawBodies` made of it.
    const headers = context.req.header();
    const contentType = readableType(headers);
    const request: WebhookRequest = { headers, body };

    const reference = { type: provider.secretType, instance: configured.secret };
    if (!(await signingSecrets.check(reference, (secret) => provider.verify(request, secret)))) {
      throw new HTTPException(401, { message: 'signature missing or wrong' });
    }
    const reading = provider.read(request, payloadOf(body, contentType), ports.clock.now());
    if (reading.kind === 'ping') return context.json({ ok: true, ping: true });
    if (reading.kind === 'invalid') throw new HTTPException(400, { message: reading.why });

    const { deliveryId, context: event } = reading;
    const accepted = await accept(ports, settings, published, {
      source,
      deliveryId,
      context: event,
      body,
      contentType,
    });
    const runs = Object.values(accepted.runs);
    ports.log.info(accepted.duplicate ? 'delivery repeated' : 'delivery accepted', {
      deliveryId: accepted.delivery,
      event: event.event,
      runs: runs.join(' '),
    });
    return context.json({
      ok: true,
      matched: accepted.duplicate ? 0 : runs.length,
      skipped: accepted.skipped,
      ...(accepted.duplicate ? { duplicate: true } : {}),
      delivery: accepted.delivery,
      runs: accepted.runs,
    });
  });
  return app;
}

function sourceOf({ release }: Published, source: string) {
  const configured = Object.hasOwn(release.sources, source) ? release.sources[source] : undefined;
  const provider = configured && providerOf(configured.type);
  if (!configured || !provider) {
    throw new HTTPException(404, { message: `unknown webhook source: ${source}` });
  }
  return { configured, provider };
}

/** The body's type, when it is one that can be read and whose bytes are the ones that were signed. */
function readableType(headers: WebhookRequest['headers']): string {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new HTTPException(415, {
      message: `content encoding ${encoding} is not accepted; send the body as it is`,
    });
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw new HTTPException(415, {
      message: `content type ${type || '(none)'} is not accepted; send application/json`,
    });
  }
  return type;
}

/** The event: the JSON object that the body is, or that the field `payload` of a form holds. */
function payloadOf(body: Uint8Array, contentType: string): JsonObject {
  const isForm = contentType === 'application/x-www-form-urlencoded';
  const json = isForm ? new URLSearchParams(Buffer.from(body).toString()).get('payload') : body;
  const payload = json === null ? undefined : parseObject(json);
  if (!payload) {
    const where = isForm ? 'field payload' : 'body';
    throw new HTTPException(400, { message: `${where} is not a JSON object` });
  }
  return payload;
}
