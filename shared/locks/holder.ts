import type { Found, Ports } from '../ports/index.ts';
import type { Run } from '../runs/run.ts';
import { claimedRun, ownsSecret } from '../runs/secret.ts';
import { holdsSlot } from '../runs/states.ts';
import type { Lock, Loss } from './lock.ts';

/** The run that a secret speaks for; undefined when the secret is unknown or its run has no container any more. */
export async function readSpeaker(
  { documents }: Pick<Ports, 'documents'>,
  secret: string,
): Promise<Found<Run> | undefined> {
  const id = claimedRun(secret);
  const run = id === undefined ? undefined : await documents.get<Run>(`runs/${id}`);
  return run && holdsSlot(run.data.state) && ownsSecret(run.data, secret) ? run : undefined;
}

/** Who holds a lock; or that nobody does, and how the run that its document still names lost it. */
export type Holding = { holder: string } | { holder: undefined; loss: Loss };

/** Who holds a lock at `now`, ms since the epoch: its time must not have passed, and its holder must not be over (D8). */
export async function holdingOf(
  ports: Pick<Ports, 'documents'>,
  lock: Lock,
  now: number,
): Promise<Holding> {
  const { holder } = lock;
  if (holder === null || isExpired(lock, now)) return { holder: undefined, loss: 'expired' };
  return (await isAlive(ports, holder)) ? { holder } : { holder: undefined, loss: 'over' };
}

/** Whether a lock's time has passed at `now`, ms since the epoch. */
export function isExpired({ until }: Lock, now: number): boolean {
  return now >= until.getTime();
}

/** Whether a run may hold locks: it has a slot, and so a container. An end is for ever: what is no once stays no. */
export async function isAlive(
  { documents }: Pick<Ports, 'documents'>,
  runId: string,
): Promise<boolean> {
  const run = await documents.get<Run>(`runs/${runId}`);
  return run !== undefined && holdsSlot(run.data.state);
}
