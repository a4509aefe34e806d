import { CloudError, type CloudErrorCode } from '../../shared/ports/index.ts';
import { isRefusal, type RefusalCode } from '../gcloud/google.ts';

const codes: { readonly [code in RefusalCode]: CloudErrorCode } = {
  not_found: 'not_found',
  already_exists: 'already_exists',
  permission_denied: 'permission_denied',
  failed_precondition: 'failed_precondition',
  unauthenticated: 'permission_denied',
  resource_exhausted: 'resource_exhausted',
  invalid: 'invalid_argument',
  unavailable: 'unavailable',
  unknown: 'unknown',
};

/** `call`, with what Google refuses as the port's error; the refusal is its cause. */
export async function asPort<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new CloudError(codes[error.code], error.message, { cause: error });
  }
}
