import type { Document, Ports, Write } from '../ports/index.ts';
import { partExpiryOf } from '../retention/days.ts';
import { headOf, isLong, keepLong, readLong } from './long-text.ts';
import type { Run } from './run.ts';

/** Largest return value, in bytes: it must fit a document of its own (Firestore quotas page: 1 MiB). */
export const largestReturnValue = 1_000_000;

type Returned = Pick<Run, 'returnValue' | 'returnBytes'>;

/** What a run says of the value that it returned. */
export function returned(value: string): Returned {
  const { head, bytes } = headOf(value);
  return { returnValue: head, returnBytes: bytes };
}

/** The writes that keep what is too long for the run, or remove what it returned before. */
export function valueWrites(run: Document<Run>, value: string, now: number): Write[] {
  const path = valuePath(run.id);
  if (isLong(returned(value).returnBytes))
    return [keepLong(path, value, partExpiryOf(now, run.data.keptDays))];
  return isLong(run.data.returnBytes) ? [{ op: 'delete', path }] : [];
}

/**
 * All of what a run returned, by what its own document or its call says of it; null: nothing. While the run goes on it may
 * return something else at any time.
 */
export async function readReturnValue(
  ports: Pick<Ports, 'documents'>,
  runId: string,
  said: Returned,
): Promise<string | null> {
  if (!isLong(said.returnBytes)) return said.returnValue;
  return (await readLong(ports, valuePath(runId))) ?? said.returnValue;
}

/** Where it stands what a run returned, if the run has no room for it. */
export function valuePath(runId: string): string {
  return `runs/${runId}/value/0`;
}
