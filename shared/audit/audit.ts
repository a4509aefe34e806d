import { type Ports, SERVER_TIME, type Write } from '../ports/index.ts';

/** Who changes something, and why. */
export interface Actor {
  /** `key:<name of the key>`, an e-mail address, or `drover` itself. */
  who: string;
  /** Half a sentence; empty when nobody gave a reason. */
  why: string;
}

/** `audit/<id>`: one change that somebody made, written in the commit of the change. */
export type AuditEntry = {
  at: Date;
  who: string;
  why: string;
  /** A verb of the control API, such as `agent.pause`. */
  action: string;
  /** Path of the document that it is about. */
  target: string;
  expireAt: Date;
};

/** Days for which an audit entry is kept: a year and a month, so that two years' entries can be compared. */
const keptDays = 400;
const dayMs = 86_400_000;

/** The write that records a change; it belongs into the change's own commit. */
export function auditWrite(
  { clock, random }: Pick<Ports, 'clock' | 'random'>,
  { who, why }: Actor,
  action: string,
  target: string,
): Write {
  const now = clock.now();
  const id = `${new Date(now).toISOString()}-${Buffer.from(random.bytes(4)).toString('hex')}`;
  const entry: Omit<AuditEntry, 'at'> = {
    who,
    why,
    action,
    target,
    expireAt: new Date(now + keptDays * dayMs),
  };
  return { op: 'create', path: `audit/${id}`, data: { ...entry, at: SERVER_TIME } };
}
