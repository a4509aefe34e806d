import { type Env, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError, type Log } from '../../shared/ports/index.ts';
import { withTrace } from './log.ts';

/** Seconds after which a caller may try again when the cloud itself was busy. */
const busySeconds = 5;

/** A Hono app whose every answer is JSON, and whose every error says what became of the request (D15). */
export function createApp(log: Log): Hono {
  const app = new Hono();
  answerErrors(app, log);
  return app;
}

/** Makes every error of `app` a JSON answer (D15), and every log line of a request name its trace. */
export function answerErrors<E extends Env>(app: Hono<E>, log: Log): void {
  app.use((context, next) => withTrace(context.req.raw.headers, next));
  app.notFound((context) =>
    context.json({ error: `nothing at ${context.req.method} ${context.req.path}` }, 404),
  );
  app.onError((error, context) => {
    if (error instanceof HTTPException) return context.json({ error: error.message }, error.status);
    if (error instanceof Permanent) {
      // 2xx: whoever retries must stop.
      log.error('given up', { error: error.message });
      return context.json({ ok: false, error: error.message }, 200);
    }
    const seconds = retryAfter(error);
    if (seconds !== undefined) {
      log.warn('to be tried again', { error: error.message, seconds });
      context.header('Retry-After', String(seconds));
      return context.json({ error: 'busy; try again' }, 503);
    }
    log.error('unexpected', { error: error.message, stack: error.stack });
    return context.json({ error: 'internal error' }, 500);
  });
}

/** Of several errors that came of one request: the longest time, where each of them is worth another try. */
function retryAfter(error: unknown): number | undefined {
  if (error instanceof Retryable) return error.afterSeconds;
  if (error instanceof AggregateError) {
    const each = error.errors.map(retryAfter).filter((seconds) => seconds !== undefined);
    const areAll = each.length > 0 && each.length === error.errors.length;
    return areAll ? Math.max(...each) : undefined;
  }
  return error instanceof CloudError && error.transient ? busySeconds : undefined;
}
