/**
 * What a call to the cloud can be refused with, in one vocabulary for all services.
 * The words are gRPC's (google.rpc.Code), because all seven services speak it.
 */
export type CloudErrorCode =
  | 'already_exists'
  | 'not_found'
  | 'failed_precondition'
  | 'aborted'
  | 'resource_exhausted'
  | 'unavailable'
  | 'deadline_exceeded'
  | 'permission_denied'
  | 'invalid_argument'
  | 'unknown';

/** Codes after which the same call may succeed if it is made again later. */
const transient: ReadonlySet<CloudErrorCode> = new Set([
  'aborted',
  'resource_exhausted',
  'unavailable',
  'deadline_exceeded',
]);

/** The one error that a port throws. Whatever Google's clients threw is its `cause`. */
export class CloudError extends Error {
  override readonly name = 'CloudError';

  constructor(
    readonly code: CloudErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when waiting and calling again can help; the call may still have taken effect. */
  get transient(): boolean {
    return transient.has(this.code);
  }
}

/** Whether `error` is a {@link CloudError} with one of `codes`. */
export function hasCode(error: unknown, ...codes: CloudErrorCode[]): error is CloudError {
  return error instanceof CloudError && codes.includes(error.code);
}

/** What `call` answers with, or `instead` when it is refused with one of `codes`. */
export async function unless<T, Instead>(
  codes: readonly CloudErrorCode[],
  instead: Instead,
  call: () => Promise<T>,
): Promise<T | Instead> {
  try {
    return await call();
  } catch (error) {
    if (hasCode(error, ...codes)) return instead;
    throw error;
  }
}
