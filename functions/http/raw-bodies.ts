import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Makes Functions Framework leave every body alone. Its body parser runs before any handler: it would answer malformed JSON
 * with an HTML page and a stack trace, inflate compressed bodies so that a signature no longer fits their bytes, and parse
 * 25 MB of JSON a second time. Seen as opaque bytes they all reach our own handlers, as `rawBody`. Hono reads the header
 * lines as they came and still sees what the sender said.
 */
export function receiveRawBodies(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers['content-type'] = 'application/octet-stream';
    delete request.headers['content-encoding'];
  });
}
