import type { Hono } from 'hono';
import { shutDown } from '../../shared/runs/shut-down.ts';
import type { Instance } from '../instance.ts';
import { invalidSecret, readRequest } from './request.ts';

/** A container that wants its own end. */
export function serveShutdown(
  app: Hono,
  { ports, releases }: Pick<Instance, 'ports' | 'releases'>,
): void {
  app.post('/shutdown', async (context) => {
    const { body, secret } = await readRequest(context);
    const reason = typeof body.reason === 'string' ? body.reason.toWellFormed() : '';
    const job = await shutDown(ports, releases, secret, reason);
    if (job === undefined) throw invalidSecret();
    return context.json({ killed: true, container: job });
  });
}
