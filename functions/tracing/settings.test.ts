import { describe, expect, it } from 'vitest';
import { readTraceSettings } from './settings.ts';

const place = { name: 'webhook', project: 'acme', region: 'europe-west1' };
const read = (variables: { [name: string]: string }) => readTraceSettings(variables, place);
const endpoint = 'http://127.0.0.1:4318';

describe('where spans go', () => {
  it('is nowhere, unless a variable says where', () => {
    expect(read({})).toBeUndefined();
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBeUndefined();
    expect(
      read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'TRUE' }),
    ).toBeUndefined();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, `${endpoint}/v1/traces`],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/base//` }, `${endpoint}/base/v1/traces`],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/x' },
      'https://t/x',
    ],
  ])('is what %j says', (variables, url) => {
    expect(read(variables as { [name: string]: string })).toMatchObject({ url });
  });

  it('has the headers and the description that the variables say', () => {
    const settings = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, x-other=c=d',
      OTEL_SERVICE_NAME: 'herd',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=prod',
    });
    expect(settings).toMatchObject({
      headers: { 'x-key': 'a b', 'x-other': 'c=d' },
      resource: {
        'service.name': 'herd',
        'faas.name': 'drover-webhook',
        'cloud.region': 'europe-west1',
        'deployment.environment': 'prod',
      },
    });
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://collector' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'secret-key' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0d%0ac' }],
  ])('is refused, and not repeated, where it cannot be: %j', (variables) => {
    const refused = read(variables as { [name: string]: string });
    expect(refused).toHaveProperty('wrong');
    expect(JSON.stringify(refused)).not.toContain('secret-key');
  });
});
