import { Failure } from '../cli/errors.ts';
import { unbroken } from './unbroken.ts';

/** What a request may meet that passes by itself: an instance that starts, a quota, a proxy that lost one (RFC 9110, 15.6). */
const passing: readonly number[] = [429, 502, 503, 504];
/** Times that something is asked again, and the pause before each, in ms. */
const pausesMs = [500, 1_500] as const;
/** Longest pause in ms that an answer may ask for. */
const longestPauseMs = 5_000;
/** How long an answer may take to begin, in ms: a function that starts anew takes some seconds. */
const patienceMs = 30_000;

export interface SenderOptions {
  /** Which control API it is, for a person. */
  name: string;
  /** Aborted when somebody interrupts the command. */
  signal: AbortSignal;
  /** Default: the one of Node. */
  fetch?: typeof globalThis.fetch;
  /** Waits for so many ms. */
  pause: (ms: number) => Promise<unknown>;
}

/**
 * `fetch`, with some patience: every request of a command may be sent twice, since whatever makes something new carries a key.
 *
 * @throws Failure `CONTROL_UNREACHABLE`; so does reading what has begun and does not come to its end.
 */
export function createSender(options: SenderOptions): typeof globalThis.fetch {
  const { name, signal, fetch: send = globalThis.fetch, pause } = options;
  const failure = (error: unknown) => (signal.aborted ? error : unreachable(name, error));
  return async (input, init) => {
    for (let attempt = 0; ; attempt += 1) {
      const wait = pausesMs[attempt];
      try {
        const { answer, hangUp } = await begun(send, input, { ...init, redirect: 'error' }, signal);
        const isPassing = wait !== undefined && passing.includes(answer.status);
        // "Nothing is published yet" is an answer: a second would be the same.
        const isFinal = answer.status === 503 && !answer.headers.has('retry-after');
        if (!isPassing || isFinal) return unbroken(answer, { hangUp, failure });
        await answer.body?.cancel();
        await pause(Math.min(longestPauseMs, Math.max(wait, askedFor(answer))));
      } catch (error) {
        if (signal.aborted) throw error;
        if (wait === undefined || isNobody(error)) throw unreachable(name, error);
        await pause(wait);
      }
    }
  };
}

/** An answer once it has begun, and what lets go of the rest of it. */
async function begun(
  send: typeof globalThis.fetch,
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit,
  signal: AbortSignal,
): Promise<{ answer: Response; hangUp: (why: Error) => void }> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error('it took too long')), patienceMs);
  timer.unref();
  try {
    const answer = await send(input, { ...init, signal: AbortSignal.any([signal, late.signal]) });
    return { answer, hangUp: (why) => late.abort(why) };
  } finally {
    clearTimeout(timer);
  }
}

function askedFor(answer: Response): number {
  const seconds = Number(answer.headers.get('retry-after'));
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

/** Whether nobody listens there, or there is no such place: asking again would not help. */
function isNobody(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND'].includes(causeOf(error).code ?? '');
}

function causeOf(error: unknown): { code?: string; message?: string } {
  const { cause, message } = error as {
    cause?: { code?: string; message?: string };
    message?: string;
  };
  // Several addresses of one name, each of which failed, have no message.
  return cause
    ? { ...cause, message: cause.message || cause.code || message || '' }
    : { message: message ?? '' };
}

function unreachable(name: string, error: unknown): Failure {
  const why = causeOf(error).message ?? '';
  return new Failure('CONTROL_UNREACHABLE', `The control API of ${name} does not answer.`, {
    cause: error,
    details: why === '' ? [] : [why],
  });
}
