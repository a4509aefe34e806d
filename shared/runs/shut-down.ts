import { cut } from '../json.ts';
import { readSpeaker } from '../locks/holder.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { killRun } from './kill.ts';
import { jobId } from './names.ts';
import { itself } from './stop.ts';

/** Longest reason, in UTF-16 units: it goes into one sentence and into the audit entry. */
const longestReason = 300;

/**
 * Kills the run of `secret` because its agent asks for it, and takes its word from then on: nothing that is said with the secret
 * counts any more, although the container may live for some seconds. Answers with the job that it ran in; undefined when the
 * secret is nobody's, or its run is over.
 */
export async function shutDown(
  ports: Ports,
  releases: Releases,
  secret: string,
  reason: string,
): Promise<string | undefined> {
  const run = await readSpeaker(ports, secret);
  if (!run) return undefined;
  const killed = await killRun(ports, releases, run.id, {
    who: itself,
    why: cut(reason, longestReason),
  });
  return killed === 'over' || killed === 'unknown' ? undefined : jobId(run.id);
}
