/** Where spans go, as OpenTelemetry's variables say it. */
export interface TraceSettings {
  /** The address that they are posted to. */
  url: string;
  headers: { readonly [name: string]: string };
  /** What describes whoever recorded them (OpenTelemetry's "Resource"). */
  resource: { readonly [name: string]: string };
}

/** What the variables say, or why it cannot be used, as half a sentence; undefined: nobody collects spans. */
export type ReadTraceSettings = TraceSettings | { wrong: string } | undefined;

/**
 * Reads the variables of OpenTelemetry that mean something here (its specification, "OTLP Exporter Configuration" and "General SDK
 * Configuration"): `OTEL_EXPORTER_OTLP_ENDPOINT`, and `…_TRACES_ENDPOINT` in its place, the same of `…_HEADERS`; `OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SDK_DISABLED`.
 */
export function readTraceSettings(
  variables: NodeJS.ProcessEnv,
  { name, project, region }: { name: string; project: string; region: string },
): ReadTraceSettings {
  const own = variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim();
  const base = variables.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  const url = own || (base && `${base.replace(/\/+$/, '')}/v1/traces`);
  if (!url || variables.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return undefined;
  if (!/^https?:$/.test(protocolOf(url))) {
    return { wrong: 'the address of the receiver of spans is none of http or https' };
  }
  const {
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: traceHeaders,
    OTEL_EXPORTER_OTLP_HEADERS: allHeaders,
  } = variables;
  const headers = pairs(traceHeaders || allHeaders);
  if (!headers) return { wrong: 'the headers for the receiver of spans are not name=value, …' };
  return {
    url,
    headers,
    resource: {
      'cloud.provider': 'gcp',
      'cloud.account.id': project,
      'cloud.region': region,
      'faas.name': `drover-${name}`,
      ...pairs(variables.OTEL_RESOURCE_ATTRIBUTES),
      'service.name': variables.OTEL_SERVICE_NAME?.trim() || 'drover',
    },
  };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

/** `name=value` pairs between commas, each value as in an address (W3C Baggage); undefined when they are not. */
function pairs(text = ''): { [name: string]: string } | undefined {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  try {
    const read = parts.map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), decodeURIComponent(part.slice(at + 1).trim())] as const;
    });
    const areHeaders = read.every(
      ([name, value]) => /^[\w.-]+$/.test(name) && !/[\r\n]/.test(value),
    );
    return areHeaders && parts.every((part) => part.includes('='))
      ? Object.fromEntries(read)
      : undefined;
  } catch {
    return undefined;
  }
}
