import { describe, expect, it } from 'vitest';
import { askerNow, currentTrace, traceparentNow, withTrace } from './trace.ts';

const trace = '0123456789abcdef0123456789abcdef';
const span = '00f067aa0ba902b7';

const within = <T>(headers: { [name: string]: string }, look: () => T): T =>
  withTrace(new Headers(headers), look);

describe('the trace of a request', () => {
  it.each([
    ['as W3C has it', { traceparent: `00-${trace}-${span}-01` }, true],
    ['that is not recorded', { traceparent: `00-${trace}-${span}-00` }, false],
    ['of a later version, with more behind it', { traceparent: `01-${trace}-${span}-01-x` }, true],
    [
      "as Google's older header has it",
      { 'x-cloud-trace-context': `${trace}/67667974448284343;o=1` },
      true,
    ],
    [
      'as Google has it, without flags',
      { 'x-cloud-trace-context': `${trace}/67667974448284343` },
      false,
    ],
    [
      'as W3C has it, where both are there',
      { traceparent: `00-${trace}-${span}-01`, 'x-cloud-trace-context': `${'9'.repeat(32)}/1;o=0` },
      true,
    ],
  ])('is the one that its sender is in, %s', (_how, headers, isSampled) => {
    expect(within(headers as { [name: string]: string }, currentTrace)).toEqual({
      trace,
      span: expect.stringMatching(/^[0-9a-f]{16}$/),
      parent: span,
      isSampled,
    });
  });

  it.each([
    [{}],
    [{ traceparent: '' }],
    [{ traceparent: 'nonsense' }],
    [{ traceparent: `ff-${trace}-${span}-01` }],
    [{ traceparent: `00-${trace}-${span}-01-more` }],
    [{ traceparent: `00-${trace}-${span}` }],
    [{ traceparent: `00-${trace.toUpperCase()}-${span}-01` }],
    [{ traceparent: `00-${'0'.repeat(32)}-${span}-01` }],
    [{ traceparent: `00-${trace}-${'0'.repeat(16)}-01` }],
    [{ 'x-cloud-trace-context': `${trace}` }],
    [{ 'x-cloud-trace-context': `${trace}/0` }],
    [{ 'x-cloud-trace-context': `${trace}/99999999999999999999` }],
    [{ 'x-cloud-trace-context': `${trace}/1", "severity": "ALERT` }],
  ])('is a new one where the sender is in none: %j', (headers) => {
    const now = within(headers as { [name: string]: string }, currentTrace);
    expect(now).toMatchObject({ parent: null, isSampled: false });
    expect(now?.trace).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    expect(now?.trace).not.toBe(trace);
    expect(within(headers as { [name: string]: string }, askerNow)).toBeUndefined();
  });

  it('goes on to what the request leads to, with the request as the span that asks', () => {
    const [own, next, asker] = within({ traceparent: `00-${trace}-${span}-01` }, () => [
      currentTrace()?.span,
      traceparentNow(),
      askerNow(),
    ]);
    expect(next).toBe(`00-${trace}-${own}-01`);
    expect(asker).toEqual({ trace, span: own });
    expect(own).not.toBe(span);
    expect(within({}, traceparentNow)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('is none outside of a request', () => {
    expect([currentTrace(), traceparentNow(), askerNow()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
