import type { Span } from '../../shared/ports/index.ts';

/** Numbers of OpenTelemetry's protocol (opentelemetry-proto, `trace.proto`: `SpanKind`, `StatusCode`). */
const kinds: { readonly [kind in Span['kind']]: number } = { internal: 1, server: 2 };
const errorStatus = 2;

/** Spans as the body of a request to an OTLP receiver (OpenTelemetry's protocol over HTTP, in JSON: ids are hexadecimal there). */
export function otlpBody(
  spans: readonly Span[],
  resource: { readonly [name: string]: string },
): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'drover' }, spans: spans.map(otlpSpan) }],
      },
    ],
  };
}

function otlpSpan(span: Span): object {
  return {
    traceId: span.trace,
    spanId: span.id,
    ...(span.parent !== null && { parentSpanId: span.parent }),
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: nanoseconds(span.startedAt),
    // Clocks differ: nothing ends before it began.
    endTimeUnixNano: nanoseconds(Math.max(span.startedAt, span.endedAt)),
    attributes: attributesOf(span.attributes),
    status: span.isError ? { code: errorStatus } : {},
  };
}

/** Ms as nanoseconds, in a text: JSON's numbers are too short for them. */
function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}

function attributesOf(attributes: Span['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
