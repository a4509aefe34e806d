import type { Context, Hono } from 'hono';
import { type Called, callAgent } from '../../shared/calls/call-agent.ts';
import { readCall } from '../../shared/calls/read-call.ts';
import { largestInput } from '../../shared/runs/input.ts';
import type { JsonObject } from '../http/json.ts';
import { answerAs, refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { bad, invalidSecret, readRequest, readSecret } from './request.ts';

/** Largest request with a context, in bytes: any that is not too large fits, however much of it JSON escapes. */
const largestCall = 6 * largestInput + 4_096;

/** What agents ask of each other. */
export function serveCalls(
  app: Hono,
  { ports, settings, releases }: Pick<Instance, 'ports' | 'settings' | 'releases'>,
): void {
  const call = async (context: Context, wantsAnswer: boolean): Promise<Called> => {
    const { body, secret } = await readRequest(context, largestCall);
    const target = readTarget(body);
    const text = readContext(body, !wantsAnswer);
    const request = { secret, target, context: text, key: readKey(context), wantsAnswer };
    return callAgent(ports, settings, releases, request);
  };

  app.post('/calls', async (context) => {
    const called = await call(context, true);
    if (called.outcome !== 'accepted') return refuse(context, called);
    return context.json({ ok: true, callId: called.callId });
  });

  app.post('/signals/trigger', async (context) => {
    const called = await call(context, false);
    if (called.outcome !== 'accepted') return refuse(context, called);
    return context.json({ ok: true });
  });

  app.get('/calls/:id', async (context) => {
    const read = await readCall(ports, {
      secret: readSecret(context),
      callId: context.req.param('id'),
    });
    if (read.outcome === 'no such run') throw invalidSecret();
    if (read.outcome === 'no such call') throw refusal('not-found', 'call not found');
    const { state, returnValue, error } = read;
    // One line, and no other key of this name: the contract's helpers look for the bytes `"status":"…"`.
    return context.json({
      status: state,
      ...(returnValue === null || returnValue === '' ? {} : { returnValue }),
      ...(error === null ? {} : { errorMessage: error }),
    });
  });
}

function refuse(context: Context, called: Exclude<Called, { outcome: 'accepted' }>): Response {
  switch (called.outcome) {
    case 'no such run':
      throw invalidSecret();
    case 'not ready':
      return answerAs(context, 'nothing-published', {
        ok: false,
        reason: 'call dispatcher not ready',
      });
    case 'refused':
      return answerAs(context, 'call-refused', { ok: false, reason: called.why });
    case 'too large':
      throw refusal('too-large', called.why);
  }
}

function readTarget({ targetAgent }: JsonObject): string {
  if (typeof targetAgent !== 'string' || targetAgent === '') throw bad('missing targetAgent');
  return targetAgent.toWellFormed();
}

function readContext({ context }: JsonObject, mustSay: boolean): string {
  if (typeof context !== 'string' || (mustSay && context === '')) throw bad('missing context');
  return context.toWellFormed();
}

function readKey({ req }: Context): string | null {
  const key = req.header('idempotency-key');
  if (key === undefined) return null;
  if (!/^[!-~]{1,200}$/.test(key)) {
    throw bad('Idempotency-Key is not 1 to 200 visible characters of ASCII');
  }
  return key;
}
