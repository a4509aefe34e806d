import { type NewestPage, newest, type Place } from '../newest.ts';
import type { Ports } from '../ports/index.ts';
import type { Call } from './call.ts';

/** A page of calls, the newest first. */
export async function listCalls(
  ports: Pick<Ports, 'documents'>,
  limit: number,
  after: Place | null = null,
): Promise<NewestPage<Call>> {
  return newest<Call>(ports, { collection: 'calls', time: 'at', limit, after });
}
