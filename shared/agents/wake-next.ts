import { Retryable } from '../errors.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { projectShares } from './project-share.ts';
import { countQueued } from './queue.ts';

/**
 * A run of `agent` has given its slot back: wakes whoever may take it. That is the agent itself, or, in a project that limits
 * its slots, every agent that has a share of them now. One admitted at this very moment sends its own wake-up. Throws
 * {@link Retryable} when Cloud Tasks did not take one.
 */
export async function wakeNext(ports: Ports, releases: Releases, agent: string): Promise<void> {
  const current = await releases.current();
  const limited = current && (await projectShares(ports, current.release));
  const agents = limited ? [...limited.shares.keys()] : await waiting(ports, agent);
  const sent = await Promise.all(agents.map((name) => wakeDispatch(ports, name)));
  if (sent.includes(false)) throw new Retryable('a wake-up was not sent', 5);
}

async function waiting(ports: Ports, agent: string): Promise<string[]> {
  return (await countQueued(ports, agent)) > 0 ? [agent] : [];
}
