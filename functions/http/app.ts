import { type Env, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError, type Log } from '../../shared/ports/index.ts';
import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { codeOf, type Refuse, refuse as refuseFully } from './refusal.ts';

/** Seconds after which a caller may try again when the cloud itself was busy. */
const busySeconds = 5;

/**
 * A Hono app whose every answer is JSON, and whose every error says what became of the request (D15).
 *
 * @param refuse How it refuses. Default: with all that there is to say.
 */
export function createApp(log: Log, refuse?: Refuse): Hono {
  const app = new Hono();
  answerErrors(app, log, refuse);
  return app;
}

/** Makes every error of `app` a JSON answer (D15). */
export function answerErrors<E extends Env>(
  app: Hono<E>,
  log: Log,
  refuse: Refuse = refuseFully,
): void {
  app.notFound((context) =>
    refuse(context, 'no-such-path', `nothing at ${context.req.method} ${context.req.path}`),
  );
  app.onError((error, context) => {
    if (error instanceof HTTPException) return refuse(context, codeOf(error), error.message);
    if (error instanceof Permanent) {
      // 2xx: whoever retries must stop.
      log.error('given up', { error: error.message });
      return refuse(context, 'given-up', error.message, { ok: false });
    }
    if (error instanceof UnreadableRelease) {
      // Nothing that comes by itself ends it: somebody must deploy the functions, or go back.
      log.error('release cannot be read', { release: error.release, error: error.problem });
      context.header('Retry-After', String(error.afterSeconds));
      const what = `release ${error.release} cannot be read by the functions as they are deployed`;
      return refuse(context, 'release-unreadable', what);
    }
    const seconds = retryAfter(error);
    if (seconds !== undefined) {
      log.warn('to be tried again', { error: error.message, seconds });
      context.header('Retry-After', String(seconds));
      return refuse(context, 'busy', 'busy; try again');
    }
    log.error('unexpected', { error: error.message, stack: error.stack });
    return refuse(context, 'internal-error', 'internal error');
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
