import { createHash } from 'node:crypto';

/** RFC 4648 base32 in lower case: what Cloud Run's names allow and people can read aloud. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** Characters of a run id's hash: 40 bits; the rare collision is resolved by {@link runIds}. */
const hashLength = 8;

/**
 * Longest agent name that appears whole in a run id. `drover-` + name + `-` + 8 and the execution's `-a99` must stay
 * under 63 characters (Cloud Run, `Job.start_execution_token`).
 */
const longestName = 40;

/** Lower-case base32 of SHA-256. */
function hash(text: string): string {
  let bits = 0n;
  for (const byte of createHash('sha256').update(text).digest()) bits = (bits << 8n) | BigInt(byte);
  let out = '';
  for (let shift = 251n; shift >= 0n; shift -= 5n) out += alphabet[Number((bits >> shift) & 31n)];
  return out;
}

/** `parts` as one string that no other list of parts gives. */
export function causeOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/**
 * The ids that a run with this cause may have, in order of preference: the first unless another cause has taken it (D3).
 * Every one of them is short enough to name the run's resources.
 */
export function runIds(agent: string, cause: string): string[] {
  const digest = hash(cause);
  const name = shortName(agent);
  const ids: string[] = [];
  for (let at = 0; at + hashLength <= digest.length; at += hashLength) {
    ids.push(`${name}-${digest.slice(at, at + hashLength)}`);
  }
  return ids;
}

/** An agent's name as it stands in the ids of its runs. */
function shortName(agent: string): string {
  if (agent.length <= longestName) return agent;
  return `${agent.slice(0, longestName - 7)}-${hash(agent).slice(0, 6)}`;
}

const jobPrefix = 'drover-';

/**
 * The Cloud Run job of a run. One name for all launches of the run, so that Cloud Run itself refuses the second of two
 * launches that race (decision 0003).
 */
export function jobId(runId: string): string {
  return `${jobPrefix}${runId}`;
}

/** The run whose job this is, or undefined for a job that is not ours. */
export function runOfJob(job: string): string | undefined {
  const [, runId] = /^drover-([a-z0-9-]+)$/.exec(job) ?? [];
  return runId;
}

/** The start token of a launch: its execution is called `<job>-<token>`. */
export function startToken(attempt: number): string {
  return `a${attempt}`;
}

/**
 * What the ids of the secrets of an agent's runs begin with, and of no other agent's: permissions are given by it (D17). No
 * agent's name has the `_` that ends it.
 */
export function runSecretPrefix(agent: string): string {
  return `drover-run-${shortName(agent)}_`;
}

/** The secret that one launch makes for the run itself, or for one of its credentials. */
export function runSecretId(runId: string, attempt: number, credential?: string): string {
  const own = `drover-run-${runId.replace(/-([^-]*)$/, '_$1')}-${attempt}`;
  return credential === undefined ? own : `${own}-${credential}`;
}

/** `prefix-` and a task name that spreads over Cloud Tasks' key space: hashed, as its documentation asks. */
export function taskName(...parts: readonly (string | number)[]): string {
  return `${hash(parts.join('/')).slice(0, 12)}-${parts.join('-')}`;
}
