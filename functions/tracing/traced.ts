import type { Span } from '../../shared/ports/index.ts';
import type { App } from '../http/listener.ts';
import { currentTrace } from '../http/trace.ts';
import type { Exporter } from './exporter.ts';

/** An app each of whose requests is a span of its trace, which is handed over before its answer is. It must be called in that trace. */
export function traced(app: App, name: string, { record, flush }: Exporter): App {
  return {
    fetch: async (request) => {
      const place = placeNow();
      const startedAt = Date.now();
      const began = performance.now();
      const ended = (status: number): Span => ({
        ...place,
        name: `${name} ${request.method}`,
        kind: 'server',
        startedAt,
        endedAt: startedAt + (performance.now() - began),
        attributes: {
          'http.request.method': request.method,
          // Without its query, in which a secret may stand.
          'url.path': new URL(request.url).pathname,
          'http.response.status_code': status,
        },
        isError: status >= 500,
      });
      try {
        const response = await app.fetch(request);
        record(ended(response.status));
        return response;
      } catch (error) {
        record(ended(500));
        throw error;
      } finally {
        await flush();
      }
    },
  };
}

function placeNow(): Pick<Span, 'trace' | 'id' | 'parent'> {
  const now = currentTrace();
  if (!now) throw new Error('a request has a trace');
  return { trace: now.trace, id: now.span, parent: now.parent };
}
