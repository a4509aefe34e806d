import { optimistically } from '../optimistic.ts';
import type { Document, Ports } from '../ports/index.ts';
import { advance } from './advance.ts';
import { createLatest } from './latest.ts';
import { keepPace } from './pace.ts';
import { returned, valueWrites } from './return-value.ts';
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

/** Hears what containers tell of their runs. Answers false when the secret is unknown or its run is over: nothing changed. */
export type Hear = (secret: string, signal: Signal) => Promise<boolean>;

/**
 * Hears signals for one function instance. Of those of one kind that a run sends faster than they can be written, the last one
 * counts, and all have its answer.
 */
export function createHearing(ports: Ports): Hear {
  const gather = (): Hear =>
    createLatest<Signal, boolean>((secret, take) => hear(ports, secret, take));
  const hearings = { status: gather(), return: gather(), rerun: gather() };
  return (secret, signal) => hearings[signal.kind](secret, signal);
}

/** Records a signal on the run of `secret`. Answers false when the secret is unknown or its run is over: nothing changed. */
export async function signal(ports: Ports, secret: string, signal: Signal): Promise<boolean> {
  return hear(ports, secret, () => signal);
}

async function hear(ports: Ports, secret: string, take: () => Signal): Promise<boolean> {
  const id = claimedRun(secret);
  if (id === undefined) return false;
  const read = async (): Promise<Document<Run> | undefined> => {
    const run = await ports.documents.get<Run>(`runs/${id}`);
    return run && maySpeak(run.data, secret) ? run : undefined;
  };
  let isInPace = false;
  return optimistically(ports, async (commit) => {
    let run = await read();
    if (run && !isInPace && (await keepPace(ports, run.data))) run = await read();
    isInPace = true;
    if (!run) return false;
    const signal = take();
    const now = ports.clock.now();
    const change = { event: 'note', why: why(signal), set: fields(signal, now) } as const;
    const beside = signal.kind === 'return' ? valueWrites(run, signal.value, now) : [];
    await commit([...advance(run, change, now), ...beside]);
    return true;
  });
}

/** A container that outlived its run can change nothing (D8). */
function maySpeak(run: Run, secret: string): boolean {
  return next(run.state, 'note') !== undefined && ownsSecret(run, secret);
}

function fields(signal: Signal, now: number): Partial<Run> {
  switch (signal.kind) {
    case 'status':
      return { status: signal.text };
    case 'return': {
      const returnedAt = new Date(now).toISOString();
      return { ...returned(signal.value), returnedBy: 'signal', returnedAt };
    }
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
