import { createHash } from 'node:crypto';

/** A place in somebody's trace (W3C Trace Context): what asks for a run hands it on. */
export interface TracePlace {
  /** 32 hex digits. */
  trace: string;
  /** The span that asks, 16 hex digits. */
  span: string;
}

/** The trace of a run that nothing else of ours led to: 32 hex digits. */
export function newTrace(runId: string): string {
  return digits(runId, 32);
}

/** W3C Trace Context of a run: its trace, and itself as the span that whatever it does hangs below. */
export function traceparent(trace: string, runId: string): string {
  return `00-${trace}-${spanOf(runId)}-01`;
}

/** The span that a run is in its trace, or one of its states is: 16 hex digits. */
export function spanOf(runId: string, state?: string): string {
  return digits(`span of ${runId}${state === undefined ? '' : ` ${state}`}`, 16);
}

/** Never all zeros, which the standard calls invalid. */
function digits(text: string, count: number): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, count);
  return /^0+$/.test(hash) ? hash.replace(/.$/, '1') : hash;
}
