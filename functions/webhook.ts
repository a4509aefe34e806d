import type { Hono } from 'hono';
import { accept } from '../shared/deliveries/accept.ts';
import { formType, payloadOf } from '../shared/deliveries/payload.ts';
import type { Published } from '../shared/projects/release.ts';
import { answerChallenge } from '../shared/webhooks/answer-challenge.ts';
import { authenticate } from '../shared/webhooks/authenticate.ts';
import { type Candidate, candidatesOf } from '../shared/webhooks/candidates.ts';
import type { WebhookRequest } from '../shared/webhooks/provider.ts';
import { createSigningSecrets } from '../shared/webhooks/signing-secrets.ts';
import { createApp } from './http/app.ts';
import { type JsonObject, refuseOver } from './http/json.ts';
import { refusal } from './http/refusal.ts';
import { askerNow } from './http/trace.ts';
import type { Instance } from './instance.ts';

/** Largest body in bytes: GitHub sends nothing above 25 MB (GitHub docs, "Webhook events and payloads"). */
const largestBody = 25 * 1024 * 1024;

/**
 * `POST /webhooks/<source>`, or `/webhooks/<type>` as Action Llama has it: verifies, records and admits. The answer does not
 * wait for any run. `GET` answers the challenge of a provider that sends one.
 */
export function webhook({ ports, settings, releases }: Instance): Hono {
  const app = createApp(ports.log);
  const signingSecrets = createSigningSecrets(ports);

  const ask = async (name: string): Promise<{ published: Published; candidates: Candidate[] }> => {
    const published = await releases.current();
    if (!published) throw refusal('nothing-published', 'no project is published');
    const candidates = candidatesOf(published.release.sources, name);
    if (candidates.length === 0) {
      throw refusal('source-unknown', `unknown webhook source: ${name}`);
    }
    return { published, candidates };
  };

  app.get('/webhooks/:source', async (context) => {
    const { candidates } = await ask(context.req.param('source'));
    const answer = await answerChallenge(signingSecrets, candidates, context.req.query());
    if (answer === 'unsupported') {
      throw refusal('no-such-path', 'CRC not supported for this source');
    }
    if (answer === 'failed') throw refusal('bad-request', 'CRC challenge failed');
    return context.json(answer.body, answer.status);
  });

  app.post('/webhooks/:source', async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    refuseOver(largestBody, body.byteLength);
    const { published, candidates } = await ask(context.req.param('source'));
    // All at once: asked for one by name, Hono's server gives what `receiveRawBodies` made of it.
    const headers = context.req.header();
    const contentType = readableType(headers);
    const request: WebhookRequest = { headers, body };

    const now = ports.clock.now();
    const authenticated = await authenticate(signingSecrets, candidates, request, now);
    if (!authenticated) throw refusal('signature-wrong', 'signature validation failed');
    const { sources, isSigned } = authenticated;
    const payload = eventIn(body, contentType);
    const reading = sources[0].provider.read(request, payload, sources[0].source, now);
    if (reading.kind === 'invalid') throw refusal('bad-request', reading.why);
    if (reading.kind === 'ping') {
      const answer = reading.reply?.body ?? { ok: true, matched: 0, skipped: 0, ping: true };
      return context.json(answer);
    }

    const { deliveryId, context: event } = reading;
    const accepted = await accept(ports, settings, published, {
      sources: sources.map(({ name }) => name),
      deliveryId,
      context: event,
      payload,
      body,
      contentType,
      isSigned,
      asker: askerNow(),
    });
    const runs = Object.values(accepted.runs);
    ports.log.info(accepted.duplicate ? 'delivery repeated' : 'delivery accepted', {
      deliveryId: accepted.delivery,
      event: event.event,
      runs: runs.join(' '),
    });
    const reply = reading.reply?.(runs.length);
    if (reply) return context.json(reply.body, reply.status);
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

/** The body's type, when it is one that can be read and whose bytes are the ones that were signed. */
function readableType(headers: WebhookRequest['headers']): string {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw refusal(
      'unreadable-type',
      `content encoding ${encoding} is not accepted; send the body as it is`,
    );
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && type !== formType) {
    throw refusal(
      'unreadable-type',
      `content type ${type || '(none)'} is not accepted; send application/json`,
    );
  }
  return type;
}

/** The JSON object that the body is, or that the field `payload` of a form holds. */
function eventIn(body: Uint8Array, contentType: string): JsonObject {
  const payload = payloadOf(body, contentType);
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    return payload as JsonObject;
  }
  const isEmptyForm =
    contentType === formType && !new URLSearchParams(Buffer.from(body).toString()).get('payload');
  throw refusal('bad-request', isEmptyForm ? 'missing payload in form body' : 'invalid JSON body');
}
