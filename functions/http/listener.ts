import { getRequestListener, RequestError } from '@hono/node-server';
import { type ApiErrorCode, apiErrors, errorHeader, refusalBody } from './api-errors.ts';

/** A Node request listener: what Functions Framework calls. */
export type Listener = ReturnType<typeof getRequestListener>;

/** What it needs of a Hono app, whatever else the app knows of its requests. */
export interface App {
  fetch(request: Request): Response | Promise<Response>;
}

/** Serves `app`, and answers in JSON too what cannot become a request to it: a bad Host header, a backslash in the path. */
export function listenerOf(app: App): Listener {
  return getRequestListener((request) => app.fetch(request), {
    errorHandler: (error) =>
      error instanceof RequestError
        ? answer('bad-request', error.message)
        : answer('internal-error', 'internal error'),
  });
}

function answer(code: ApiErrorCode, error: string): Response {
  const headers = { [errorHeader]: code };
  return Response.json(refusalBody(code, error), { status: apiErrors[code].status, headers });
}
