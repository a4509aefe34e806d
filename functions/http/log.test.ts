import { describe, expect, it } from 'vitest';
import type { Log } from '../../shared/ports/index.ts';
import { jsonLog } from './log.ts';
import { currentTrace, withTrace } from './trace.ts';

const trace = '0123456789abcdef0123456789abcdef';
const traceField = 'logging.googleapis.com/trace';

/** What `write` writes, a line an entry, without the ends of lines. */
function logged(write: (log: Log) => void): { [field: string]: unknown }[] {
  const lines: string[] = [];
  write(jsonLog('acme', (line) => lines.push(line)));
  for (const line of lines) expect(line).toMatch(/^[^\n]+$/);
  return lines.map((line) => JSON.parse(line) as { [field: string]: unknown });
}

const traceOf = (headers: { [name: string]: string }) =>
  logged((log) => withTrace(new Headers(headers), () => log.info('hello')))[0]?.[traceField];

describe('a log line', () => {
  it('is one line of JSON as Cloud Logging reads it', () => {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const lines = logged((log) => {
      log.info('launched\nit', { runId: 'triage-abcdefgh', attempt: 1 });
      log.warn('postponed');
      log.error('given up', { error: undefined });
    });
    expect(lines).toEqual([
      { severity: 'INFO', message: 'launched\nit', time, runId: 'triage-abcdefgh', attempt: 1 },
      { severity: 'WARNING', message: 'postponed', time },
      { severity: 'ERROR', message: 'given up', time },
    ]);
  });

  it.each([
    ['the standard header', { traceparent: `00-${trace}-0123456789abcdef-01` }],
    ["Google's older header", { 'x-cloud-trace-context': `${trace}/1;o=1` }],
  ])('names the trace of its request, from %s', (_what, headers) => {
    expect(traceOf(headers)).toBe(`projects/acme/traces/${trace}`);
  });

  it('names the span of its request, and whether its trace is recorded', () => {
    const headers = new Headers({ traceparent: `00-${trace}-0123456789abcdef-01` });
    const [line, own] = withTrace(headers, () => [
      logged((log) => log.info('hello'))[0],
      currentTrace()?.span,
    ]);
    expect(line).toMatchObject({
      'logging.googleapis.com/spanId': own,
      'logging.googleapis.com/trace_sampled': true,
    });
  });

  it('names the trace of the run that it is about, of which the request is no part', () => {
    const [line] = withTrace(new Headers(), () =>
      logged((log) => log.info('launched', { runId: 'triage-abcdefgh', trace })),
    );
    expect(line?.[traceField]).toBe(`projects/acme/traces/${trace}`);
    expect(line).not.toHaveProperty(['logging.googleapis.com/spanId']);
    expect(line).not.toHaveProperty('trace');
  });

  it.each([
    [{}],
    [{ traceparent: 'nonsense' }],
    [{ traceparent: `00-${trace.toUpperCase()}-0123456789abcdef-01` }],
    [{ traceparent: `00-${trace}\tx` }],
    [{ 'x-cloud-trace-context': `${trace}", "severity": "ALERT` }],
  ])('has a trace of its own when the request names none that is one: %j', (headers) => {
    const own = traceOf(headers as { [name: string]: string });
    expect(own).toMatch(/^projects\/acme\/traces\/[0-9a-f]{32}$/);
    expect(own).not.toContain(trace);
  });

  it('has one trace for all of a request, and another for another', async () => {
    const lines: string[] = [];
    const log = jsonLog('acme', (line) => lines.push(line));
    const request = (headers: Headers) =>
      withTrace(headers, async () => {
        log.info('first');
        await new Promise((resolve) => setImmediate(resolve));
        log.info('second');
      });
    await Promise.all([request(new Headers()), request(new Headers())]);
    const traces = lines.map((line) => JSON.parse(line)[traceField] as string);
    expect(new Set(traces).size).toBe(2);
    expect(traces[0]).toBe(traces[2]);
    expect(traces[1]).toBe(traces[3]);
  });

  it('has no trace outside a request', () => {
    expect(logged((log) => log.info('hello'))[0]).not.toHaveProperty([traceField]);
  });
});
