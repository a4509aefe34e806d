import { createHash } from 'node:crypto';

/** The trace of a run that nothing else of ours led to: 32 hex digits. */
export function newTrace(runId: string): string {
  return digits(runId, 32);
}

/** W3C Trace Context of a run: its trace, and itself as the span that whatever it does hangs below. */
export function traceparent(trace: string, runId: string): string {
  return `00-${trace}-${digits(`span of ${runId}`, 16)}-01`;
}

/** Never all zeros, which the standard calls invalid. */
function digits(text: string, count: number): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, count);
  return /^0+$/.test(hash) ? hash.replace(/.$/, '1') : hash;
}
