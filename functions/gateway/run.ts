import type { Hono } from 'hono';
import { readOwnPayload, readOwnRun } from '../../shared/runs/own-run.ts';
import { refusal } from '../http/refusal.ts';
import type { Instance } from '../instance.ts';
import { invalidSecret, readSecret } from './request.ts';

/** What a container may read of its own run. */
export function serveRun(
  app: Hono,
  { ports, releases }: Pick<Instance, 'ports' | 'releases'>,
): void {
  app.get('/run', async (context) => {
    const own = await readOwnRun(ports, releases, readSecret(context));
    if (!own) throw invalidSecret();
    return context.json({
      agentConfig: JSON.parse(own.agentConfig) as unknown,
      prompt: own.prompt,
    });
  });

  app.get('/run/payload', async (context) => {
    const payload = await readOwnPayload(ports, readSecret(context));
    if (payload.outcome === 'no such run') throw invalidSecret();
    if (payload.outcome === 'no payload') {
      throw refusal('not-found', 'no payload: no webhook led to this run, or it is gone');
    }
    const { contentType, bytes, parts } = payload;
    return context.body(streamOf(parts), 200, {
      'Content-Type': contentType,
      'Content-Length': String(bytes),
    });
  });
}

/** Reads a part when the one before it is on its way: 25 MB a request would be too much to hold. */
function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await parts.return(undefined);
    },
  });
}
