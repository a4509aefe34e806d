import type { Context, Hono } from 'hono';
import { cut } from '../../shared/json.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { largestReturnValue } from '../../shared/runs/return-value.ts';
import { createHearing, longestStatus, type Signal } from '../../shared/runs/signal.ts';
import type { JsonObject } from '../http/json.ts';
import { refusal } from '../http/refusal.ts';
import { bad, invalidSecret, readRequest } from './request.ts';

/** Largest request with a return value, in bytes: any value that is not too large fits, however much of it JSON escapes. */
const largestReturnBody = 6 * largestReturnValue + 4_096;

/** What a container tells of its run. */
export function serveSignals(app: Hono, ports: Ports): void {
  const hear = createHearing(ports);
  const route =
    (read: (body: JsonObject) => Signal, largest?: number) =>
    async (context: Context): Promise<Response> => {
      const { body, secret } = await readRequest(context, largest);
      if (!(await hear(secret, read(body)))) throw invalidSecret();
      return context.json({ ok: true });
    };
  app.post('/signals/status', route(readStatus));
  app.post('/signals/return', route(readReturn, largestReturnBody));
  app.post(
    '/signals/rerun',
    route(() => ({ kind: 'rerun' })),
  );
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
    throw refusal('too-large', message);
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
