import { CloudError, type CloudErrorCode } from '../ports/index.ts';

/** gRPC's status words, by number as they travel (google/rpc/code.proto). */
const statusByNumber: { readonly [code: number]: string } = {
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  10: 'ABORTED',
  11: 'OUT_OF_RANGE',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};

const codeByStatus: { readonly [status: string]: CloudErrorCode } = {
  INVALID_ARGUMENT: 'invalid_argument',
  DEADLINE_EXCEEDED: 'deadline_exceeded',
  NOT_FOUND: 'not_found',
  ALREADY_EXISTS: 'already_exists',
  PERMISSION_DENIED: 'permission_denied',
  RESOURCE_EXHAUSTED: 'resource_exhausted',
  FAILED_PRECONDITION: 'failed_precondition',
  ABORTED: 'aborted',
  OUT_OF_RANGE: 'invalid_argument',
  // A stream that broke off (RST_STREAM) is told so; the call may be made again, like one that got no answer.
  INTERNAL: 'unavailable',
  UNAVAILABLE: 'unavailable',
  UNAUTHENTICATED: 'permission_denied',
};

/**
 * What an HTTP status means when the body does not say it better: 400 is INVALID_ARGUMENT or FAILED_PRECONDITION,
 * 409 is ALREADY_EXISTS or ABORTED (google/rpc/code.proto).
 */
const codeByHttp: { readonly [status: number]: CloudErrorCode } = {
  400: 'invalid_argument',
  401: 'permission_denied',
  403: 'permission_denied',
  404: 'not_found',
  409: 'already_exists',
  412: 'failed_precondition',
  429: 'resource_exhausted',
  500: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'deadline_exceeded',
};

/** Node's own words for a peer that was not reached, or that went away. */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * The one place that reads Google's error codes. Understands gRPC errors, the REST errors that the clients throw with
 * an HTTP status as `code`, Google's JSON error bodies and Node's network errors; anything else is `unknown`.
 *
 * @param call What was called, such as `Firestore.Commit`: begins the message.
 * @returns `error` itself when it is a {@link CloudError}; else one with `error` as `cause`.
 */
export function asCloudError(error: unknown, call: string): CloudError {
  if (error instanceof CloudError) return error;
  const body = bodyOf(error);
  const code = codeOf(error, body) ?? 'unknown';
  return new CloudError(code, `${call}: ${body?.message ?? messageOf(error)}`, { cause: error });
}

/** Makes a call to Google; whatever it throws comes out as a {@link CloudError} that names `call`. */
export async function normalised<T>(call: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw asCloudError(error, call);
  }
}

interface ErrorBody {
  status: string | undefined;
  message: string | undefined;
}

function codeOf(error: unknown, body: ErrorBody | undefined): CloudErrorCode | undefined {
  const known = codeByWord(body?.status);
  if (known) return known;
  if (!isRecord(error)) return undefined;
  // A network error says no more than "fetch failed"; its own cause carries Node's code.
  return codeByWord(error.code) ?? codeByWord(error.status) ?? codeOf(error.cause, undefined);
}

function codeByWord(word: unknown): CloudErrorCode | undefined {
  if (typeof word === 'string' && networkCodes.has(word)) return 'unavailable';
  if (typeof word === 'string' && Object.hasOwn(codeByStatus, word)) return codeByStatus[word];
  const number = Number(word);
  const status = statusByNumber[number];
  return status === undefined ? codeByHttp[number] : codeByStatus[status];
}

/** Google's JSON error, `{ error: { code, message, status } }`, from the response or out of the message. */
function bodyOf(error: unknown): ErrorBody | undefined {
  if (!isRecord(error)) return undefined;
  const response = isRecord(error.response) ? error.response.data : undefined;
  for (const candidate of [response, parsed(error.message)]) {
    const [first] = Array.isArray(candidate) ? candidate : [candidate];
    if (!isRecord(first) || !isRecord(first.error)) continue;
    const { status, message } = first.error;
    return {
      status: typeof status === 'string' ? status : undefined,
      message: typeof message === 'string' ? message : undefined,
    };
  }
  return undefined;
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
