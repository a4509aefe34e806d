import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/**
 * Makes Functions Framework hand every request on as it came. Its body parser runs before any handler: it would answer
 * malformed JSON with an HTML page and a stack trace, inflate compressed bodies so that a signature no longer fits their
 * bytes, and parse 25 MB of JSON a second time. Seen as opaque bytes they all reach our own handlers, as `rawBody`. Its
 * router would answer a path that is no percent-encoding with another HTML page; escaped, it is just an unknown path.
 *
 * What the sender said of the body still stands in the raw header lines: Hono's `header()` without a name.
 */
export function receiveRawBodies(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers['content-type'] = 'application/octet-stream';
    delete request.headers['content-encoding'];
    request.url = decodable(request.url ?? '/');
  });
}

function decodable(url: string): string {
  try {
    decodeURIComponent(url);
    return url;
  } catch {
    return url.replaceAll('%', '%25');
  }
}
