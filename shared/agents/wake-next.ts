import { Retryable } from '../errors.ts';
import type { Ports } from '../ports/index.ts';
import type { Releases } from '../projects/release.ts';
import { wakeDispatch } from '../runs/wake.ts';
import { type ProjectShares, projectShares } from './project-share.ts';
import { countQueued } from './queue.ts';

/**
 * A run of `agent` has given its slot back: wakes whoever may take it. That is the agent itself, or, in a project that limits
 * its slots, every agent that has a share of them now. One admitted at this very moment sends its own wake-up. Throws
 * {@link Retryable} when Cloud Tasks did not take one.
 */
export async function wakeNext(ports: Ports, releases: Releases, agent: string): Promise<void> {
  const current = await releases.current();
  const limited = current && (await projectShares(ports, current.release));
  const sent = await wakeAll(ports, limited ? sharersOf(limited) : await waiting(ports, agent));
  if (sent.includes(false)) throw new Retryable('a wake-up was not sent', 5);
}

/** Shares of a limited project's slots have changed without a slot being given back: wakes whoever has one now. Never throws. */
export async function wakeSharers(ports: Ports, releases: Releases): Promise<void> {
  try {
    const current = await releases.current();
    const limited = current && (await projectShares(ports, current.release));
    if (limited) await wakeAll(ports, sharersOf(limited));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ports.log.warn('slots not shared anew; the sweep wakes who waits', { error: message });
  }
}

function sharersOf({ shares, spare, takers }: ProjectShares): string[] {
  return [...new Set([...shares.keys(), ...(spare > 0 ? takers : [])])];
}

function wakeAll(ports: Ports, agents: string[]): Promise<boolean[]> {
  return Promise.all(agents.map((name) => wakeDispatch(ports, name)));
}

async function waiting(ports: Ports, agent: string): Promise<string[]> {
  return (await countQueued(ports, agent)) > 0 ? [agent] : [];
}
