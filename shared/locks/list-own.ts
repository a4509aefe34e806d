import type { Ports } from '../ports/index.ts';
import { isExpired, readSpeaker } from './holder.ts';
import { locksOf } from './release-all.ts';

/** A lock of the run that asks. Times in ms since the epoch. */
export interface OwnLock {
  key: string;
  holder: string;
  since: number;
  until: number;
}

/** The locks that the run of `secret` holds, oldest first; undefined when the secret is nobody's or its run is over. */
export async function listOwnLocks(ports: Ports, secret: string): Promise<OwnLock[] | undefined> {
  const run = await readSpeaker(ports, secret);
  if (!run) return undefined;
  const locks = await locksOf(ports, run.id);
  return locks
    .filter(({ data }) => !isExpired(data, run.readAt))
    .map(({ data: { key, since, until } }) => ({
      key,
      holder: run.id,
      since: since.getTime(),
      until: until.getTime(),
    }))
    .sort((one, other) => one.since - other.since);
}
