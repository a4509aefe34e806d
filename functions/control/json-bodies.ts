import type { MiddlewareHandler } from 'hono';
import { parseObject, refuseOver } from '../http/json.ts';
import { refusal } from '../http/refusal.ts';

/** Largest request in bytes: a fixture for a dry run is the largest thing that anybody sends. */
const largestBody = 1_048_576;
/** Deepest nesting of a body: more than any event has, and less than any stack. */
const deepestBody = 64;

/**
 * Takes every body for JSON, whatever its content type says, as Action Llama does; an empty one for `{}`. What is no JSON object
 * is refused with 400.
 */
export function jsonBodies(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method === 'GET' || method === 'HEAD') return next();
    const bytes = await context.req.arrayBuffer();
    refuseOver(largestBody, bytes.byteLength);
    const text = bytes.byteLength === 0 ? '{}' : bytes;
    if (isDeep(new Uint8Array(bytes))) {
      throw refusal('bad-request', `the body is nested more than ${deepestBody} deep`);
    }
    if (!parseObject(text)) {
      throw refusal('bad-request', 'the body is not a JSON object');
    }
    const headers = { ...context.req.header(), 'content-type': 'application/json' };
    context.req.raw = new Request(context.req.url, { method, headers, body: text });
    context.req.bodyCache = {};
    return next();
  };
}

/** Whether JSON is nested too deep to be worked on. What is no JSON may look deep as well: it is refused either way. */
function isDeep(json: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) isText = !isText;
    else if (isText) at += byte === backslash ? 1 : 0;
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > deepestBody) return true;
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
