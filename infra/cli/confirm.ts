import { Failure } from './errors.ts';
import type { Shell } from './shell.ts';

/** Has a person agree to what cannot be undone: see `Context.confirm`. */
export function createConfirm(
  { ask, err }: Pick<Shell, 'ask' | 'err'>,
  project: string,
  isAgreed: boolean,
): (what: string) => Promise<void> {
  return async (what) => {
    if (isAgreed) return;
    err.write(`${what}\n`);
    const typed = await ask(`Type ${project} to go on: `);
    if (typed?.trim() === project) return;
    throw new Failure(
      'NOT_CONFIRMED',
      typed === undefined
        ? 'This cannot be undone, and nobody is there to be asked. Nothing was changed.'
        : 'What was typed is not the id of the Google Cloud project. Nothing was changed.',
    );
  };
}
