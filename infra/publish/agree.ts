import { Failure } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';

/**
 * Asks a person for a yes to what can be undone. Who says `--yes` is not asked.
 *
 * @throws Failure `NOT_CONFIRMED`
 */
export async function agree(
  { ask }: Pick<Shell, 'ask'>,
  question: string,
  isAgreed: boolean,
): Promise<void> {
  if (isAgreed) return;
  const answer = await ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new Failure(
    'NOT_CONFIRMED',
    answer === undefined
      ? 'Nobody is there to be asked. Nothing was changed.'
      : 'It was not confirmed. Nothing was changed.',
    { todo: 'Answer y when you are asked, or say --yes.' },
  );
}
