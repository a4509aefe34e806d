import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type ApiErrorCode, apiErrors, errorHeader, refusalBody } from './api-errors.ts';

/** What refuses a request, when it is thrown. */
export class Refusal extends HTTPException {
  override readonly name = 'Refusal';

  /** @param message What happened in this case. */
  constructor(
    readonly code: ApiErrorCode,
    message: string,
  ) {
    super(apiErrors[code].status, { message });
  }
}

/** What refuses a request with this code, to be thrown. */
export function refusal(code: ApiErrorCode, message: string): Refusal {
  return new Refusal(code, message);
}

/** Makes the answer that refuses a request, with `more` fields. */
export type Refuse = (
  context: Context,
  code: ApiErrorCode,
  error: string,
  more?: { [field: string]: unknown },
) => Response;

/** Refuses with the code and its page in the answer itself. */
export const refuse: Refuse = (context, code, error, more = {}) =>
  answerAs(context, code, { ...refusalBody(code, error), ...more });

/** Refuses in the form of the agent contract. */
export const refuseBriefly: Refuse = (context, code, error, more = {}) =>
  answerAs(context, code, { error, ...more });

/** An answer whose body others have laid down, as the agent contract does: the code stands in the header alone. */
export function answerAs(context: Context, code: ApiErrorCode, body: object): Response {
  context.header(errorHeader, code);
  return context.json(body, apiErrors[code].status);
}

const usual: { readonly [status: number]: ApiErrorCode } = {
  400: 'bad-request',
  401: 'unauthenticated',
  403: 'not-allowed',
  404: 'not-found',
  405: 'wrong-method',
  409: 'not-possible',
  413: 'too-large',
  415: 'unreadable-type',
  503: 'busy',
};

/** The code of what was thrown: what does not come from us, such as the framework's own, has the usual one of its status. */
export function codeOf(error: HTTPException): ApiErrorCode {
  return error instanceof Refusal ? error.code : (usual[error.status] ?? 'internal-error');
}
