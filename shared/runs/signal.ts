import { optimistically } from '../optimistic.ts';
import type { Ports } from '../ports/index.ts';
import { advance } from './advance.ts';
import type { Run } from './run.ts';
import { claimedRun, ownsSecret } from './secret.ts';
import { next } from './states.ts';

/** What a container tells of its run. */
export type Signal =
  | { kind: 'status'; text: string }
  | { kind: 'return'; value: string }
  | { kind: 'rerun' };

/** Longest status that the run document takes, in UTF-16 units: it must stay a page (D11). */
export const longestStatus = 1_000;
/** Largest return value that it takes, in bytes. */
export const largestReturnValue = 8_000;

/** Records a signal on the run of `secret`. Answers false when the secret is unknown or its run is over: nothing changed. */
export async function signal(ports: Ports, secret: string, signal: Signal): Promise<boolean> {
  const id = claimedRun(secret);
  if (id === undefined) return false;
  return optimistically(ports, async (commit) => {
    const run = await ports.documents.get<Run>(`runs/${id}`);
    if (!run || !maySpeak(run.data, secret)) return false;
    const change = { event: 'note', why: why(signal), set: fields(signal) } as const;
    await commit(advance(run, change, ports.clock.now()));
    return true;
  });
}

/** A container that outlived its run can change nothing (D8). */
function maySpeak(run: Run, secret: string): boolean {
  return next(run.state, 'note') !== undefined && ownsSecret(run, secret);
}

function fields(signal: Signal): Partial<Run> {
  switch (signal.kind) {
    case 'status':
      return { status: signal.text };
    case 'return':
      return { returnValue: signal.value };
    case 'rerun':
      return { rerunRequested: true };
  }
}

function why(signal: Signal): string {
  switch (signal.kind) {
    case 'status':
      return 'the agent said how it is doing';
    case 'return':
      return 'the agent returned a value';
    case 'rerun':
      return 'the agent asked to run again';
  }
}
