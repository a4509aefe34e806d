import type { Context } from 'hono';
import { type JsonObject, parseObject, refuseOver } from '../http/json.ts';
import { type Refusal, refusal } from '../http/refusal.ts';

/** Largest request of a container, in bytes. */
const largestBody = 256 * 1024;

/**
 * What a container sent, and the secret that it sent with it. Throws what the contract answers when either is missing.
 *
 * @param largest In bytes.
 */
export async function readRequest(
  context: Context,
  largest = largestBody,
): Promise<{ body: JsonObject; secret: string }> {
  const bytes = await context.req.arrayBuffer();
  refuseOver(largest, bytes.byteLength);
  const body = parseObject(bytes);
  if (!body) throw bad('invalid JSON body');
  return { body, secret: needSecret(body.secret) };
}

/** The secret of a request without a body: in the query, or, where it should stay out of logs, as a bearer token. */
export function readSecret({ req }: Context): string {
  const bearer = /^Bearer (\S+)$/i.exec(req.header('authorization') ?? '')?.[1];
  return needSecret(req.query('secret') || bearer);
}

function needSecret(secret: unknown): string {
  if (typeof secret !== 'string' || secret === '') throw bad('missing secret');
  return secret;
}

/** What a field or the whole request lacks. */
export function bad(message: string): Refusal {
  return refusal('bad-request', message);
}

/** The secret is nobody's, or its run is over. */
export function invalidSecret(): Refusal {
  return refusal('secret-unknown', 'invalid secret');
}
