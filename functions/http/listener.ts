import { getRequestListener, RequestError } from '@hono/node-server';
import type { Hono } from 'hono';

/** A Node request listener: what Functions Framework calls. */
export type Listener = ReturnType<typeof getRequestListener>;

/** Serves `app`, and answers in JSON too what cannot become a request to it: a bad Host header, a backslash in the path. */
export function listenerOf(app: Hono): Listener {
  return getRequestListener(app.fetch, {
    errorHandler: (error) =>
      error instanceof RequestError
        ? Response.json({ error: error.message }, { status: 400 })
        : Response.json({ error: 'internal error' }, { status: 500 }),
  });
}
