import { longestVariable } from './agent-config.ts';

/** Variables that the agent contract gives a meaning to. */
const contract = [
  'GATEWAY_URL',
  'PROMPT',
  'SHUTDOWN_SECRET',
  'AGENT_CONFIG',
  'TIMEOUT_SECONDS',
  'traceparent',
  'TRACEPARENT',
];
/** What names begin with that are ours, Action Llama's, or Cloud Run's (container contract: reserved variables). */
const reserved = ['AL_', 'DROVER_', 'CLOUD_RUN_', 'K_', 'X_GOOGLE_'];

/** Why a container may not have a variable of this name; undefined when it may. */
export function variableProblem(name: string): string | undefined {
  // Firestore keeps names that begin with two underscores for itself.
  if (!/^(?!__)[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    return 'not the name of a variable: letters, digits and _, at most 128, not beginning with a digit or with __';
  }
  if (contract.includes(name)) return 'the name of a variable that each run gets from Drover';
  const prefix = reserved.find((start) => name.startsWith(start));
  return prefix && `names that begin with ${prefix} are kept for Drover and Cloud Run`;
}

/** Why a variable may not have this value; undefined when it may. */
export function valueProblem(value: string): string | undefined {
  const size = Buffer.byteLength(value);
  if (size > longestVariable) return `found ${size} bytes; a variable holds ${longestVariable}`;
  return value.includes('\0') ? 'has a NUL, which ends the value of a variable' : undefined;
}
