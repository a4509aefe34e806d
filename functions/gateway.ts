import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { cut } from '../shared/json.ts';
import { largestReturnValue, longestStatus, type Signal, signal } from '../shared/runs/signal.ts';
import { createApp } from './http/app.ts';
import { type JsonObject, parseObject, refuseOver } from './http/json.ts';
import type { Instance } from './instance.ts';

/** Largest request of a container, in bytes. */
const largestBody = 256 * 1024;

/**
 * What containers talk to. Routes, bodies, statuses and the order of checks are the agent contract's: JSON, then fields, then
 * the run's secret. Answers are compact JSON with exactly 200 for success, which the contract's shell helpers rely on.
 */
export function gateway({ ports }: Instance): Hono {
  const app = createApp(ports.log);

  app.get('/health', (context) => context.json({ status: 'ok' }));

  const signalRoute =
    (read: (body: JsonObject) => Signal) =>
    async (context: Context): Promise<Response> => {
      const bytes = await context.req.arrayBuffer();
      refuseOver(largestBody, bytes.byteLength);
      const body = parseObject(bytes);
      if (!body) throw bad('invalid JSON body');
      if (typeof body.secret !== 'string' || body.secret === '') throw bad('missing secret');
      if (!(await signal(ports, body.secret, read(body)))) {
        throw new HTTPException(403, { message: 'invalid secret' });
      }
      return context.json({ ok: true });
    };
  app.post('/signals/status', signalRoute(readStatus));
  app.post('/signals/return', signalRoute(readReturn));
  app.post(
    '/signals/rerun',
    signalRoute(() => ({ kind: 'rerun' })),
  );
  return app;
}

function readStatus({ text }: JsonObject): Signal {
  if (typeof text !== 'string' || text === '') throw bad('missing text');
  return { kind: 'status', text: cut(text.toWellFormed(), longestStatus) };
}

function readReturn({ value }: JsonObject): Signal {
  if (value === undefined || value === null) throw bad('missing value');
  const text = typeof value === 'string' ? value.toWellFormed() : written(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > largestReturnValue) {
    const message = `return value of ${bytes} bytes is over the limit of ${largestReturnValue}`;
    throw new HTTPException(413, { message });
  }
  return { kind: 'return', value: text };
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw bad('value is nested too deeply');
  }
}

function bad(message: string): HTTPException {
  return new HTTPException(400, { message });
}
