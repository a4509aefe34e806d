import type { Run } from '../runs/run.ts';
import { pollsWithin } from '../runs/wake.ts';
import { type Operations, sumOf } from './operations.ts';

/** Of a run, what its operations are told from. */
export type Counted = Pick<Run, 'credentials' | 'credentialsDelivery' | 'events' | 'trigger'> & {
  /** How often it was launched; 0: it never was. */
  launches: number;
  /** Seconds that its container ran. */
  seconds: number;
  /** Chunks of its log, as far as they are known. */
  chunks: number;
};

/** A request of a function: what Cloud Run and the function say of it in Cloud Logging, and the document of its log, which stays. */
const request = { requests: 1, logBytes: 1_500 };

/**
 * What each part of a run's life asks of Google. Documents, calls and invocations are what `test/costs/` counts of whole runs, which it
 * compares with what is added up here; seconds are those of the round trips that these take (`test/costs/durations.ts`).
 */
const parts = {
  /** A delivery: with its body two documents beside the run, which go by themselves like all that follow. */
  webhook: { ...request, reads: 1, writes: 3, removals: 3, tasks: 1, functionSeconds: 0.3 },
  /** A person, an agent or a minute that asks: the run, and a document that says who, or how far was looked. */
  asked: { ...request, reads: 4, writes: 2, removals: 2, tasks: 1, functionSeconds: 0.3 },
  /** The run that follows another is admitted by the commit that ends that one. */
  followed: { writes: 1, removals: 1, tasks: 1 },
  /** Slot, run and entry of the journal. */
  launch: {
    ...request,
    reads: 6,
    writes: 3,
    removals: 1,
    tasks: 1,
    secretAccesses: 1,
    functionSeconds: 1.6,
  },
  /** A credential of one field that is copied: read once by the function, and once by Cloud Run. */
  copy: { secretAccesses: 2, functionSeconds: 0.05 },
  mount: { secretAccesses: 1 },
  /** Run and entry, once Cloud Run has started it: within the request that launches. */
  start: { reads: 1, writes: 2, removals: 1, tasks: 1 },
  /** A look at an execution, and the task of the next one. */
  poll: { ...request, reads: 1, tasks: 2, functionSeconds: 0.2 },
  /** The look that comes after the end, which a poll before it has planned. */
  late: { ...request, reads: 1, tasks: 1, functionSeconds: 0.1 },
  /** The end is told by the log sink, and committed with slot and entry; then job and secrets go. */
  end: {
    requests: 2,
    logBytes: 2 * request.logBytes,
    reads: 11,
    writes: 4,
    removals: 1,
    tasks: 2,
    functionSeconds: 1.1,
    messageBytes: 4_000,
  },
  /** One thing more that the journal has: most of all what the agent has said by a signal. */
  entry: { ...request, reads: 2, writes: 2, removals: 1, functionSeconds: 0.2 },
  /**
   * A chunk of its log: a line comes by Pub/Sub, waits a quarter of a second for others, and is written. Lines that come together make
   * one chunk and are pushed one by one; how many they were, nobody counts.
   */
  chunk: {
    requests: 1,
    writes: 1,
    removals: 1,
    functionSeconds: 0.3,
    messageBytes: 2 * 1_000,
    logBytes: request.logBytes + 600,
  },
  /** What ends a run that was never launched: it, and its entry. */
  unstarted: { writes: 2, removals: 1 },
  /** An entry of the journal on its way to those who follow runs: published, and delivered to one of them. */
  told: { messageBytes: 2_000 },
} satisfies { [part: string]: Partial<Operations> };

/** Entries that every run has which started: launch, start, end. */
const ownEntries = 3;

/** What the control plane asks of Google for one run, from what asked for it to the removal of its documents by themselves. */
export function runOperations(run: Counted): Operations {
  const admission = [parts[admissionOf(run)], 1] as const;
  const told = [parts.told, run.events + 1] as const;
  if (run.launches === 0) return sumOf(admission, told, [parts.unstarted, 1]);
  const isCopied = run.credentialsDelivery !== 'direct';
  // A credential has one field at least, and nearly all have no more.
  const fields = run.credentials.length;
  const more = Math.max(0, run.events - ownEntries - (run.launches - 1));
  return sumOf(
    admission,
    told,
    [parts.launch, run.launches],
    [isCopied ? parts.copy : parts.mount, fields * run.launches],
    [parts.start, 1],
    [parts.poll, pollsWithin(run.seconds)],
    [parts.late, 1],
    [parts.end, 1],
    [parts.entry, more],
    [parts.chunk, run.chunks],
    [{ secretSeconds: (isCopied ? 1 + fields : 1) * run.seconds }, 1],
  );
}

function admissionOf({ trigger: { type } }: Counted): 'webhook' | 'asked' | 'followed' {
  if (type === 'rerun') return 'followed';
  return type === 'webhook' || type === 'replay' ? 'webhook' : 'asked';
}

/** What a chunk of a run's log asks of Google. */
export function chunkOperations(): Operations {
  return sumOf([parts.chunk, 1]);
}
