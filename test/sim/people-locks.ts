import { lockKeys } from './agents-lock.ts';
import type { Judge } from './judge.ts';
import type { Tell } from './people-api.ts';
import type { Chance } from './random.ts';

/** Takes a lock away from whoever has it, as an operator may. */
export async function breakSomeLock(tell: Tell, chance: Chance, { locks }: Judge): Promise<void> {
  const key = chance.pick(lockKeys);
  locks.breaks(key);
  const wish = { what: `break ${key}`, path: '/v1/locks/break', body: { key } };
  const told = await tell<{ outcome: string; holder: string | null }>(wish);
  if (told?.status !== 200) return;
  const question = { run: 'an operator', key, span: told.span };
  if (told.body.outcome === 'free') locks.answers.isFree(question);
  else locks.answers.wasBroken(question, told.body.holder);
}
