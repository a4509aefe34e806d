import type { Log, Span, Spans } from '../../shared/ports/index.ts';
import { otlpBody } from './otlp.ts';
import type { TraceSettings } from './settings.ts';

/** Spans on their way to a receiver. */
export interface Exporter extends Spans {
  /** Hands over what was recorded. It never throws, and takes a second at most: what does not arrive by then is lost. */
  flush(): Promise<void>;
}

/** Longest time in ms that a request may wait for its spans to be handed over. */
const longestMs = 1_000;
/** Spans that are kept for the next time, at most. Of more, the newest are lost. */
const mostSpans = 2_000;
/** Time in ms between two log lines about spans that were lost. */
const sayMs = 60_000;

/**
 * Sends spans by OTLP over HTTP. An instance may have no processor time once it has answered, so they are handed over before that,
 * and not later in the background.
 */
export function createExporter(
  { url, headers, resource }: TraceSettings,
  {
    log,
    fetch: send = fetch,
    now = Date.now,
  }: { log: Log; fetch?: typeof fetch; now?: () => number },
): Exporter {
  let waiting: Span[] = [];
  let lost = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  const say = (count: number, why: string): void => {
    lost += count;
    if (now() - saidAt < sayMs) return;
    saidAt = now();
    log.warn('spans were not handed over', { spans: lost, error: why });
    lost = 0;
  };

  return {
    record: (span) => {
      if (waiting.length < mostSpans) waiting.push(span);
      else say(1, 'too many at a time');
    },
    flush: async () => {
      if (waiting.length === 0) return;
      const spans = waiting;
      waiting = [];
      try {
        const answer = await send(url, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(otlpBody(spans, resource)),
          signal: AbortSignal.timeout(longestMs),
          redirect: 'error',
        });
        await answer.body?.cancel();
        if (!answer.ok) say(spans.length, `the receiver answered ${answer.status}`);
      } catch (error) {
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        say(spans.length, cause instanceof Error ? cause.message : String(cause));
      }
    },
  };
}
