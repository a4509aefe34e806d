import { hasCode } from '../../shared/ports/index.ts';
import { Failure } from '../cli/errors.ts';

/**
 * Asks Firestore for what a command cannot do without.
 *
 * @throws Failure `NOT_PROVISIONED` when the Google Cloud project has no database.
 */
export async function needingDatabase<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!hasCode(cause, 'not_found')) throw cause;
    throw new Failure('NOT_PROVISIONED', 'The Google Cloud project has no database.', { cause });
  }
}
