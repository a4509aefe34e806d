import { CloudError, type CloudErrorCode, unless } from '../../../shared/ports/errors.ts';
import { EngineError } from '../engines/engine.ts';

const words: ReadonlySet<string> = new Set<CloudErrorCode>([
  'already_exists',
  'not_found',
  'failed_precondition',
  'aborted',
  'resource_exhausted',
  'unavailable',
  'deadline_exceeded',
  'permission_denied',
  'invalid_argument',
]);

/** What a port throws for what an engine threw: the same word in lower case, `unknown` where the port has none. */
export function asCloudError(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const word = error instanceof EngineError ? error.code.toLowerCase() : 'unknown';
  return new CloudError(isCode(word) ? word : 'unknown', message, { cause: error });
}

function isCode(word: string): word is CloudErrorCode {
  return words.has(word);
}

/** A call of an engine as a port makes it. */
export async function made<T>(call: () => T): Promise<T> {
  try {
    return call();
  } catch (error) {
    throw asCloudError(error);
  }
}

/** A call of an engine, or `instead` when it is refused with one of `codes`. */
export function madeUnless<T, Instead>(
  codes: readonly CloudErrorCode[],
  instead: Instead,
  call: () => T,
): Promise<T | Instead> {
  return unless(codes, instead, () => made(call));
}
