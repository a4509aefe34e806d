import { CloudError, type CloudErrorCode } from '../../../shared/ports/errors.ts';
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
