import type { Exited } from '../../infra/local/engines/run/index.ts';
import type { Reason } from '../../shared/runs/reasons.ts';
import type { Run } from '../../shared/runs/run.ts';
import { hold } from './laws.ts';
import type { Entry } from './ledger.ts';

/** What somebody or something outside did. */
export type Misdeed =
  | 'deleted the job'
  | 'deleted the execution'
  | 'cancelled the execution'
  | 'deleted the secrets'
  | 'killed the run'
  | 'the image is missing'
  | 'the credential is missing';

/** What must have happened when a run ends for a reason: one of these. Without: it may end for it at any time. */
const causes: { readonly [reason in Reason]?: readonly Misdeed[] } = {
  image_not_found: ['the image is missing'],
  credential_missing: ['the credential is missing'],
  // An agent that gets its credentials themselves is without one as soon as it is missing.
  secret_unreadable: ['deleted the secrets', 'the credential is missing'],
  container_not_started: [
    'deleted the secrets',
    'the credential is missing',
    'cancelled the execution',
  ],
  execution_vanished: ['deleted the job', 'deleted the execution'],
  cancelled_outside: ['cancelled the execution'],
  killed: ['killed the run'],
  // Its job says that it failed, and has no execution that could be looked at.
  launch_refused: ['deleted the execution'],
  interrupted: [],
  out_of_memory: [],
};

/** How the container must have ended when a run ends for a reason. */
const exits: { readonly [reason in Reason]?: (how: Exited) => boolean } = {
  completed: (how) => 'exitCode' in how && how.exitCode === 0,
  rerun_requested: (how) => 'exitCode' in how && how.exitCode === 42,
  agent_timeout: (how) => 'exitCode' in how && how.exitCode === 124,
  exit_code: (how) => 'exitCode' in how && ![0, 42, 124].includes(how.exitCode),
  signal: (how) => 'signal' in how,
};

/** Time in ms after the longest life of a run from which Google deletes its secrets, be it launched by then or not (D4). */
const secretLifeMs = 3_600_000;

/** Judges the ending of a run: nobody fails for nothing. */
export function judgeEnding(
  { id, data }: Entry,
  misdeeds: ReadonlySet<Misdeed>,
  exited: Exited | undefined,
): void {
  const { reason, summary } = data;
  if (reason === null) return;
  const possible = causes[reason];
  const isMissing = possible?.includes('deleted the secrets') && haveExpired(data);
  const caused = possible?.some((cause) => misdeeds.has(cause)) ?? true;
  hold(
    caused || isMissing === true,
    'blame',
    `${id}: ${reason}, and nobody did anything (${summary})`,
    id,
  );
  const fits = exits[reason];
  if (!fits) return;
  const how = JSON.stringify(exited ?? 'nothing');
  hold(exited !== undefined && fits(exited), 'blame', `${id}: ${reason} after ${how}`, id);
}

/** Whether the secrets of a run may have been there for too long, because nothing went on for hours while it was launched. */
function haveExpired({ times, timeline, timeout }: Run): boolean {
  const since = Date.parse(times.launching ?? '');
  return Date.parse(timeline.at(-1)?.at ?? '') - since >= timeout * 1_000 + secretLifeMs;
}
