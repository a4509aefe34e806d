import type { Document, Ports, Write } from '../ports/index.ts';
import { repeatPath } from './names.ts';

/**
 * `repeats/<source>:<hash>`: the delivery that these bytes were last, of a sender without ids. Whether the same bytes are
 * that delivery again or a new event is decided by the commit that writes this document, so that two instances, or the two
 * sides of the window's end, agree (D2).
 */
export type Repeat = {
  /** Id of the delivery document. */
  delivery: string;
  /** When these bytes became that delivery. */
  since: Date;
  expireAt: Date;
};

/**
 * How long the same bytes are the same delivery, in ms. A sender that gets no answer repeats within minutes (Slack's last
 * repetition comes after 5); the same bytes an hour later are more likely to say that the same thing has happened again.
 */
export const windowMs = 10 * 60_000;
/** How long the document is kept beyond its use, in ms: until clocks that differ agree that it is over. */
const keptMs = 24 * 3_600_000;

/** Which delivery the bytes are, and the write by which they are it. */
export interface Claim {
  delivery: string;
  write: Write;
}

/** Takes for granted that the bytes are new: the commit is refused if they are not. */
export function claimNew(source: string, sha256: string, delivery: string, now: number): Claim {
  return {
    delivery,
    write: { op: 'create', path: repeatPath(source, sha256), data: fresh(delivery, now) },
  };
}

/** Looks whether the bytes came within the window; if not, they are `delivery`. */
export async function claim(
  { documents }: Pick<Ports, 'documents'>,
  source: string,
  sha256: string,
  delivery: string,
  now: number,
): Promise<Claim> {
  const known = await documents.get<Repeat>(repeatPath(source, sha256));
  if (!known) return claimNew(source, sha256, delivery, now);
  const isAgain = Math.abs(now - known.data.since.getTime()) < windowMs;
  return isAgain
    ? { delivery: known.data.delivery, write: rewrite(known, known.data) }
    : { delivery, write: rewrite(known, fresh(delivery, now)) };
}

function fresh(delivery: string, now: number): Repeat {
  return { delivery, since: new Date(now), expireAt: new Date(now + keptMs) };
}

function rewrite({ path, version }: Document<Repeat>, fields: Repeat): Write {
  return { op: 'update', path, version, fields };
}
