import { GoogleRefusal, type RefusalCode } from './google.ts';

/** Names of Google's canonical codes (`google/rpc/code.proto`), as APIs answer them and gcloud prints them. */
const canonical: { readonly [name: string]: RefusalCode } = {
  NOT_FOUND: 'not_found',
  ALREADY_EXISTS: 'already_exists',
  PERMISSION_DENIED: 'permission_denied',
  FAILED_PRECONDITION: 'failed_precondition',
  ABORTED: 'unavailable',
  UNAUTHENTICATED: 'unauthenticated',
  RESOURCE_EXHAUSTED: 'resource_exhausted',
  INVALID_ARGUMENT: 'invalid',
  OUT_OF_RANGE: 'invalid',
  UNAVAILABLE: 'unavailable',
  DEADLINE_EXCEEDED: 'unavailable',
  INTERNAL: 'unavailable',
};

/** HTTP statuses, for answers that name no code. */
const statuses: { readonly [status: number]: RefusalCode } = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'already_exists',
  412: 'failed_precondition',
  429: 'resource_exhausted',
  500: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** Sentences of gcloud and of Google that name no code, in the order in which they are looked for. */
const sentences: readonly (readonly [RegExp, RefusalCode])[] = [
  [
    /active account selected|reauthenticat|refreshing your current auth|invalid_grant/i,
    'unauthenticated',
  ],
  [/gcloud auth login|invalid authentication credentials/i, 'unauthenticated'],
  [/unrecognized arguments|must be specified|Invalid choice|invalid value|argument --/i, 'invalid'],
  [/quota (exceeded|metric)|rate limit/i, 'resource_exhausted'],
  [/billing (account|must be|is disabled|to be enabled)/i, 'failed_precondition'],
  [/does not have permission|permission denied|do not have permission/i, 'permission_denied'],
  [/already exists|is the subject of a conflict/i, 'already_exists'],
  [/not found|does not exist|could not find/i, 'not_found'],
  [
    /connection (refused|reset|aborted)|timed out|name resolution|max retries|unreachable/i,
    'unavailable',
  ],
];

/** Reads what gcloud printed when it did not end well. Its own words stay the message, without the usage that may follow them. */
export function refusalOfGcloud(stderr: string, command: string): GoogleRefusal {
  const message = messageOf(stderr);
  return refuse(codeOf(message), message, command);
}

/** Reads an answer of an API that is not 2xx: `{ error: { status, message, details } }`, or anything else. */
export function refusalOfApi(status: number, body: string, command: string): GoogleRefusal {
  const error = errorOf(body);
  const message = error.message ?? (body.trim().slice(0, 500) || `HTTP ${status}`);
  return refuse(canonical[error.status ?? ''] ?? statuses[status] ?? 'unknown', message, command);
}

function refuse(code: RefusalCode, message: string, command: string): GoogleRefusal {
  const service = disabledService(message);
  // A service that is off is refused as if permission lacked.
  const known = service === undefined ? code : 'failed_precondition';
  return new GoogleRefusal(billing.test(message) ? 'failed_precondition' : known, message, {
    command,
    service,
  });
}

const billing = /billing (account|must be enabled|to be enabled|is disabled)/i;

/** The service that a message says is off: of Service Usage's words, or of gcloud's offer to enable it. */
function disabledService(message: string): string | undefined {
  const off = /API \[([\w.]+)\] not enabled|\bapis\/api\/([\w.]+)\/overview\b/.exec(message);
  if (off) return off[1] ?? off[2];
  if (!/SERVICE_DISABLED|has not been used in project/.test(message)) return undefined;
  return /\b([a-z]+\.googleapis\.com)\b/.exec(message)?.[1];
}

function codeOf(message: string): RefusalCode {
  const named = /\b([A-Z]{3,}(?:_[A-Z]+)*)\b: /.exec(message)?.[1];
  const code = named === undefined ? undefined : canonical[named];
  if (code) return code;
  const status =
    /(?:HTTPError|status=\[?|status code:?|HttpError|code[:=] ?\[?)\s*([45]\d\d)\b/i.exec(message);
  const byStatus = statuses[Number(status?.[1])];
  if (byStatus) return byStatus;
  return sentences.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown';
}

/**
 * From gcloud's last `ERROR: (gcloud.x) …` on, without the hint to its help; all of it where there is no such line. What a build
 * printed may stand in it, with errors of its own.
 */
function messageOf(stderr: string): string {
  const own = [...stderr.matchAll(/^ERROR: \(gcloud\b/gm)].at(-1);
  const at = own?.index ?? stderr.lastIndexOf('ERROR: ');
  const words = (at < 0 ? stderr : stderr.slice(at))
    .replace(/^ERROR: (\(gcloud[\w.-]*\) )?/, '')
    .replace(/\n+To search the help text[\s\S]*$/, '')
    .trim();
  return words || 'gcloud ended without a word';
}

function errorOf(body: string): { status?: string; message?: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    const error = (parsed as { error?: unknown } | null)?.error;
    if (typeof error !== 'object' || error === null) return {};
    const { status, message, details } = error as { [field: string]: unknown };
    const more = details === undefined ? '' : ` ${JSON.stringify(details)}`;
    return {
      ...(typeof status === 'string' ? { status } : {}),
      ...(typeof message === 'string' ? { message: `${message}${more}` } : {}),
    };
  } catch {
    return {};
  }
}
