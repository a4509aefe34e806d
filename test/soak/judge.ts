import type { Evidence } from './evidence.ts';
import { judgeCalls } from './judge-calls.ts';
import { judgeContainers } from './judge-containers.ts';
import { judgeDeliveries } from './judge-deliveries.ts';
import { judgeLocks } from './judge-locks.ts';
import { judgeRuns } from './judge-runs.ts';
import { judgeScale } from './judge-scale.ts';
import { type Court, openCourt, type Violation } from './violation.ts';

/** Everything of what must always hold that did not (design: what must always hold). */
export function judge(evidence: Evidence): Violation[] {
  const court = openCourt();
  judgeDeliveries(court, evidence);
  judgeRuns(court, evidence);
  judgeContainers(court, evidence);
  judgeScale(court, evidence);
  judgeLocks(court, evidence);
  judgeCalls(court, evidence);
  judgeLeftovers(court, evidence);
  return court.violations;
}

/** No job, no secret, no slot, no process. Locks and calls are judged with their kind. */
function judgeLeftovers({ hold }: Court, evidence: Evidence): void {
  const { jobs, secrets, states, current, directories, alive } = evidence;
  hold(jobs.length === 0, 'left', () => `jobs are left: ${jobs}`);
  hold(secrets.length === 0, 'left', () => `secrets are left: ${secrets}`);
  for (const [name, { inFlight, keys }] of states) {
    const slots = [...inFlight, ...Object.keys(keys)];
    hold(slots.length === 0, 'left', () => `${name} still has slots taken: ${slots}`, slots[0]);
  }
  const shared = current?.inFlight ?? [];
  hold(
    shared.length === 0,
    'left',
    () => `the project still has slots taken: ${shared}`,
    shared[0],
  );
  hold(
    directories.length === 0,
    'left',
    () => `directories of containers are left: ${directories}`,
  );
  hold(alive.length === 0, 'left', () => `containers still run: ${alive}`);
}
