import { createHash } from 'node:crypto';

/** How far a call has come; the last two are its ends. */
export type CallState = 'pending' | 'running' | 'completed' | 'error';

/** `calls/<id>`: one agent's request to another, with a return value. */
export type Call = {
  /** One sentence for a reader. */
  summary: string;
  /** Id of the run that asked, and its agent. */
  caller: string;
  callerAgent: string;
  /** The agent that was asked, and the run that works on it: the last, where one that failed was tried again. */
  agent: string;
  run: string | null;
  /** `pending` until it has its answer: whether it runs by then is told by its run alone. */
  state: CallState;
  /** How many calls stand above this one, itself included. */
  depth: number;
  /** What it came to, or the beginning of that; null before, and when the agent returned nothing. */
  returnValue: string | null;
  /** Bytes of all of it. What is more than `returnValue` holds stands below its run. */
  returnBytes: number | null;
  /** Why it came to nothing. */
  error: string | null;
  /** Server time of the commit that recorded it. */
  at: Date;
  /** Days for which it is kept once it has its answer. */
  keptDays: number;
  expireAt: Date | null;
};

/** How many calls may stand one above the other where the project does not say. */
export const defaultCallDepth = 3;

/** How long a call may be open, in ms (agent contract: 2 h). */
const longestCallMs = 2 * 60 * 60_000;

/** Why a call came to nothing, in the agent contract's words; the last two are ours. */
export const callErrors = {
  failed: 'agent run failed',
  orphaned: 'caller container exited',
  late: 'call timed out',
  dropped: 'agent run was dropped',
  cancelled: 'agent run was cancelled',
} as const;

export function callPath(id: string): string {
  return `calls/${id}`;
}

/**
 * The id of the call with this cause (D3): 122 bits of its hash, written as a UUID (RFC 9562, version 8), because the contract's
 * helpers put it into paths, JSON keys and word lists without quotes.
 */
export function callIdOf(cause: string): string {
  const hash = createHash('sha256').update(cause).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Whether `text` can be the id of a call at all: anything else must not become a path. */
export function isCallId(text: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(text);
}

/** Whether a call has been open for too long at `now`, in ms since the epoch by Firestore's clock. */
export function isLate({ at }: Pick<Call, 'at'>, now: number): boolean {
  return now - at.getTime() >= longestCallMs;
}
