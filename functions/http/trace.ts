import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { TracePlace } from '../../shared/runs/trace.ts';
import type { App } from './listener.ts';

/** The trace that a request belongs to, and the span that it is itself. */
export interface RequestTrace extends TracePlace {
  /** The span of whoever sent it; null: the trace begins with this request. */
  parent: string | null;
  /** Whether whoever sent it records the trace. */
  isSampled: boolean;
}

const current = new AsyncLocalStorage<RequestTrace>();

/**
 * Runs `handle` as a request with these headers: what it logs, and what it asks of other functions, belongs to the request's
 * trace, the one that the headers carry, or else a new one.
 */
export function withTrace<T>(headers: Headers, handle: () => T): T {
  return current.run(traceOf(headers), handle);
}

/** An app each of whose requests is handled in its trace. */
export function inTrace(app: App): App {
  return { fetch: (request) => withTrace(request.headers, () => app.fetch(request)) };
}

/** The trace of the request that is being handled; undefined outside of one. */
export function currentTrace(): RequestTrace | undefined {
  return current.getStore();
}

/** The place of the request in the trace of whoever sent it; undefined where the sender has none. */
export function askerNow(): TracePlace | undefined {
  const now = current.getStore();
  return now && now.parent !== null ? { trace: now.trace, span: now.span } : undefined;
}

/** What a request that this one leads to carries as `traceparent` (W3C Trace Context); undefined outside of a request. */
export function traceparentNow(): string | undefined {
  const now = current.getStore();
  return now && `00-${now.trace}-${now.span}-${now.isSampled ? '01' : '00'}`;
}

function traceOf(headers: Headers): RequestTrace {
  const sent = sentBy(headers);
  const span = hexDigits(8);
  return sent ? { ...sent, span } : { trace: hexDigits(16), span, parent: null, isSampled: false };
}

/** Random, and never all zeros, which the standard calls invalid. */
function hexDigits(bytes: number): string {
  const digits = randomBytes(bytes).toString('hex');
  return isZero(digits) ? hexDigits(bytes) : digits;
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}

type Sent = Omit<RequestTrace, 'span'>;

/** What the headers carry: W3C's, or else Google's older one. What is not in its form is none. */
function sentBy(headers: Headers): Sent | undefined {
  return w3c(headers.get('traceparent')) ?? google(headers.get('x-cloud-trace-context'));
}

/** `00-<trace>-<span>-<flags>`; a later version may have more behind it (W3C Trace Context, "traceparent Header Field Values"). */
function w3c(header: string | null): Sent | undefined {
  const [, version, trace = '', parent = '', flags = '', more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header ?? '') ?? [];
  const isForm = version !== undefined && version !== 'ff' && !(version === '00' && more);
  if (!isForm || isZero(trace) || isZero(parent)) return undefined;
  return { trace, parent, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** `<trace>/<span>;o=<flags>`, with the span as a decimal number (Cloud Trace docs, "Context propagation protocols"). */
function google(header: string | null): Sent | undefined {
  const [, trace = '', span = '', flags = '0'] =
    /^([0-9a-f]{32})\/(\d{1,20})(?:;o=(\d))?$/.exec(header ?? '') ?? [];
  if (trace === '' || isZero(trace)) return undefined;
  const parent = BigInt(span).toString(16).padStart(16, '0');
  if (parent.length > 16 || isZero(parent)) return undefined;
  return { trace, parent, isSampled: flags === '1' };
}
