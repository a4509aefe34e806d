import { unlessContended } from '../optimistic.ts';
import type { Document, Ports, Write } from '../ports/index.ts';
import { advance, type Change } from '../runs/advance.ts';
import type { Run } from '../runs/run.ts';
import { newRunSecret } from '../runs/secret.ts';
import type { Leased } from '../runs/start.ts';

/** How long a launch may take before another dispatch takes it over, in ms. */
const leaseMs = 30_000;

/** The next launch of a run, as its holder will know it. */
export function lease(ports: Ports, run: Document<Run>): Leased {
  const last = run.data.lease;
  return {
    run,
    attempt: (last?.attempt ?? 0) + 1,
    // A lease that nobody gave back was its holder's last act.
    failures: (last?.failures ?? 0) + (last && !last.givenBack ? 1 : 0),
    ...newRunSecret(ports.random, run.id),
  };
}

/** The writes that make a lease hold. */
export function leaseWrites({ run, attempt, failures, hash }: Leased, now: number): Write[] {
  const until = new Date(now + leaseMs);
  const isFirst = run.data.state === 'queued';
  const change: Change = {
    event: isFirst ? 'launch' : 'relaunch',
    why: isFirst
      ? 'a slot is free'
      : `launch ${attempt - 1} did not get through; this is launch ${attempt}`,
    set: {
      lease: { attempt, failures, until: until.toISOString(), givenBack: false },
      secretHashes: [...run.data.secretHashes, hash],
      dueAt: until,
    },
  };
  return advance(run, change, now);
}

/** Takes over a launch whose lease has run out, unless somebody else just did, or its container has just spoken. */
export async function takeOver(ports: Ports, run: Document<Run>): Promise<Leased | undefined> {
  const leased = lease(ports, run);
  let isOurs = false;
  await unlessContended(async () => {
    await ports.documents.commit(leaseWrites(leased, ports.clock.now()));
    isOurs = true;
  });
  return isOurs ? leased : undefined;
}
