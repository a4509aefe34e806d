import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface ErrorKind {
  status: ContentfulStatusCode;
  /** What happened, as a sentence. */
  what: string;
}

/**
 * Every way in which a function can refuse a request: the closed list. Each has a page of its name in `docs/errors/` (D15). A caller
 * finds the code in the header `x-drover-error`, and in the answer's `code` where that has the field `error`.
 */
export const apiErrors = {
  'bad-request': { status: 400, what: 'The request is wrong in itself.' },
  unauthenticated: {
    status: 401,
    what: 'Nobody is known by the key or the token of the request, or it has none.',
  },
  'signature-wrong': {
    status: 401,
    what: 'The webhook is not signed with a secret of its source.',
  },
  'not-allowed': { status: 403, what: 'Whoever asks is known, and may not do this.' },
  'secret-unknown': { status: 403, what: 'The secret is of no run, or of one that is over.' },
  'no-such-path': { status: 404, what: 'There is nothing at this path.' },
  'not-found': { status: 404, what: 'There is no such thing, or not any more.' },
  'source-unknown': { status: 404, what: 'The project has no source of webhooks of this name.' },
  'wrong-method': { status: 405, what: 'Something is at this path, and another method is needed.' },
  'not-possible': { status: 409, what: 'The request is right, and not possible as things stand.' },
  'body-gone': { status: 409, what: 'The body of the delivery is not all there any more.' },
  'key-reused': { status: 409, what: 'The idempotency key was used for another request.' },
  'lock-held': { status: 409, what: 'Another run holds the lock.' },
  'lock-deadlock': { status: 409, what: 'Runs wait for each other’s locks in a ring.' },
  'lock-not-held': { status: 404, what: 'Nobody holds the lock.' },
  'call-refused': { status: 409, what: 'The agent cannot be called.' },
  'too-large': { status: 413, what: 'The request, or a part of it, is larger than its limit.' },
  'unreadable-type': {
    status: 415,
    what: 'The body is of a type or an encoding that is not read here.',
  },
  'internal-error': { status: 500, what: 'Drover came to a place where it should never be.' },
  'cannot-start': { status: 500, what: 'The function could not start.' },
  busy: { status: 503, what: 'Google, or Drover, could not do it just now.' },
  'nothing-published': { status: 503, what: 'No project is published yet.' },
  'release-unreadable': {
    status: 503,
    what: 'A release was made by another Drover than the functions, which cannot read it.',
  },
  'given-up': { status: 200, what: 'A task, or a message, that no repetition can help.' },
} as const satisfies { [code: string]: ErrorKind };

export type ApiErrorCode = keyof typeof apiErrors;

/** Header of every answer that refuses something: the code. */
export const errorHeader = 'x-drover-error';

/** The page of an error, from the repository's root. */
function pageOf(code: ApiErrorCode): string {
  return `docs/errors/${code}.md`;
}

/** The body of an answer that refuses something. */
export interface RefusalBody {
  error: string;
  code: ApiErrorCode;
  page: string;
}

/** The body of an answer that refuses something for `code`. */
export function refusalBody(code: ApiErrorCode, error: string): RefusalBody {
  return { error, code, page: pageOf(code) };
}
