import { acquireLock } from '../../shared/locks/acquire.ts';
import { keepLock } from '../../shared/locks/heartbeat.ts';
import { releaseLock } from '../../shared/locks/release.ts';
import type { World } from '../world.ts';
import { hold } from './laws.ts';
import type { Ledger } from './ledger.ts';
import type { Chance } from './random.ts';

interface Surroundings {
  world: World;
  ledger: Ledger;
  chance: Chance;
  judge: { locks: { holderOf(key: string, fence: number): string | undefined } };
  note(text: string): void;
}

/** What agents may want for themselves. */
const keys = ['the meadow', 'the barn'] as const;

/** One thing that an agent does about locks. Whoever speaks for a run that is over gets nothing. */
export async function lockSomething(
  { world, ledger, chance, judge, note }: Surroundings,
  runId: string,
  secret: string,
): Promise<void> {
  const key = chance.pick(keys);
  const verb = chance.pick(['take', 'take', 'keep', 'give back']);
  const ttl = chance.pick([5, 60, undefined]);
  const run = ledger.runs.get(runId);
  const mayHave = run !== undefined && ledger.isInFlight(run);
  const request = { secret, key };
  try {
    const answer = await world.call('gateway', async (ports, releases) => {
      if (verb === 'give back') return releaseLock(ports, request);
      if (verb === 'keep') return keepLock(ports, releases, { ...request, ttl });
      return acquireLock(ports, releases, { ...request, ttl });
    });
    const { outcome } = answer;
    note(`${runId} wants to ${verb} ${key}: ${outcome}`);
    if (outcome === 'acquired' || outcome === 'kept') {
      const holder = judge.locks.holderOf(key, answer.fence);
      hold(holder === runId, 'locks', `${runId} was given ${key}, which ${holder} holds`, runId);
    }
    const isRefused = mayHave || outcome === 'no such run';
    hold(isRefused, 'locks', `${runId} is over and was answered ${outcome}`, runId);
  } catch (error) {
    if (error instanceof Error && error.name === 'Violation') throw error;
    note(`${runId} wants to ${verb} ${key}: no answer`);
  }
}
