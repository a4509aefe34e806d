import { optimistically } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { answerError, callToAnswer, complete, handOver, type OpenCall } from './answer.ts';
import { type Call, callErrors } from './call.ts';

/** Open calls of a run that its ending fails in its own commit, beside 400 locks of the 500 writes that one may have. */
const mostCalls = 80;

/** What a run that ends has to do with calls. */
export interface CallsOf {
  /** The call that it is to answer. */
  asked: OpenCall | undefined;
  /** Calls of its own that have no answer; at most {@link mostCalls}. */
  open: Document<Call>[];
}

/** Costs a run that neither was called nor called anybody nothing. */
export async function callsOf(
  ports: Pick<Ports, 'documents'>,
  run: Document<Run>,
): Promise<CallsOf> {
  const [asked, open] = await Promise.all([
    callToAnswer(ports, run),
    run.data.calls.length === 0 ? [] : openCalls(ports, run.id),
  ]);
  return { asked, open };
}

/**
 * The writes that a run's ending makes of its calls; they belong into its own commit (D6). The one that it was called by has its
 * answer, unless a run follows that tries again: then that one will answer. Those that it made itself have come to nothing, and
 * what they started goes on.
 */
export function endCalls(
  { asked, open }: CallsOf,
  run: Document<Run>,
  { succeeds, next }: { succeeds: boolean; next: string | null },
  now: number,
): Write[] {
  const failed = failCalls(open, now);
  if (!asked) return failed;
  if (next !== null && !asked.isLate) return [handOver(asked, next), ...failed];
  const answer = succeeds ? complete(asked, run, now) : answerError(asked, callErrors.failed, now);
  return [answer, ...failed];
}

/**
 * Fails the open calls of a run that is over, of which there were too many for the commit of its ending. Call it for as long as
 * the run is not clean.
 */
export async function failRemaining(
  ports: Pick<Ports, 'clock' | 'random' | 'documents'>,
  { id, data }: Document<Run>,
): Promise<void> {
  if (data.calls.length < mostCalls) return;
  let failed: number;
  do {
    failed = await optimistically(ports, async (commit) => {
      const open = await openCalls(ports, id);
      if (open.length > 0) await commit(failCalls(open, ports.clock.now()));
      return open.length;
    });
  } while (failed === mostCalls);
}

function openCalls(
  { documents }: Pick<Ports, 'documents'>,
  caller: string,
): Promise<Document<Call>[]> {
  return documents.query<Call>({
    collection: 'calls',
    where: [
      ['caller', '==', caller],
      ['state', '==', 'pending'],
    ],
    limit: mostCalls,
  });
}

function failCalls(open: readonly Document<Call>[], now: number): Write[] {
  return open.map((call) => answerError(call, callErrors.orphaned, now));
}
