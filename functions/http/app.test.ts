import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, it } from 'vitest';
import { Permanent, Retryable } from '../../shared/errors.ts';
import { CloudError, type CloudErrorCode } from '../../shared/ports/index.ts';
import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { createApp } from './app.ts';
import { jsonLog } from './log.ts';

const secret = 'triage-abcdefgh.0123456789abcdef';

/** The answer to a request whose handler throws `error`, and what was logged of it. */
async function answerTo(error: Error, request?: RequestInit) {
  return ask((app) => app.post('/signals/status', () => Promise.reject(error)), request);
}

async function ask(prepare: (app: Hono) => unknown, request: RequestInit = {}) {
  const lines: string[] = [];
  const app = createApp(jsonLog('acme', (line) => lines.push(line)));
  prepare(app);
  const response = await app.request('/signals/status', { method: 'POST', ...request });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    json: (await response.json()) as unknown,
    logged: lines.map((line) => JSON.parse(line) as { [field: string]: unknown }),
  };
}

const json = { type: 'application/json', retryAfter: null };

describe('an error of a handler', () => {
  it('that no retry can help is answered with 200, so that whoever retries stops, and logged', async () => {
    const answer = await answerTo(new Permanent('a poll task must name a run'));
    const error = 'a poll task must name a run';
    expect(answer).toMatchObject({ ...json, status: 200, json: { ok: false, error } });
    expect(answer.logged).toMatchObject([{ severity: 'ERROR', message: 'given up', error }]);
  });

  it('that is worth another try is answered with 503 and the time to wait', async () => {
    const answer = await answerTo(new Retryable('still contended', 17));
    const answered = { status: 503, type: 'application/json', retryAfter: '17' };
    expect(answer).toMatchObject({ ...answered, json: { error: 'busy; try again' } });
    expect(answer.logged).toMatchObject([{ severity: 'WARNING', seconds: 17 }]);
  });

  it('that is a release of another Drover is answered with 503, a code of its own and what is meant', async () => {
    const problem = 'Drover 9 made it, in format 2; this one reads up to 1';
    const answer = await answerTo(new UnreadableRelease('abc', problem, 'newer'));
    expect(answer).toMatchObject({
      status: 503,
      retryAfter: '60',
      json: {
        code: 'release-unreadable',
        error: 'release abc cannot be read by the functions as they are deployed',
      },
    });
    expect(answer.logged).toMatchObject([{ severity: 'ERROR', release: 'abc', error: problem }]);
  });

  it.each<CloudErrorCode>(['unavailable', 'deadline_exceeded', 'resource_exhausted', 'aborted'])(
    'of the cloud that passes, %s, is answered with 503',
    async (code) => {
      const answer = await answerTo(new CloudError(code, 'Firestore.Commit: busy'));
      expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
      expect(answer.json).toEqual({
        error: 'busy; try again',
        code: 'busy',
        page: 'docs/errors/busy.md',
      });
    },
  );

  it.each<CloudErrorCode>(['invalid_argument', 'permission_denied', 'not_found', 'unknown'])(
    'of the cloud that stays, %s, is answered with 500 as any bug is',
    async (code) => {
      const answer = await answerTo(new CloudError(code, 'Firestore.Commit: no'));
      expect(answer).toMatchObject({ ...json, status: 500, json: { error: 'internal error' } });
      expect(answer.logged).toMatchObject([{ severity: 'ERROR', message: 'unexpected' }]);
    },
  );

  it('that is several, each worth another try, is answered with 503 and the longest time to wait', async () => {
    const both = [new CloudError('unavailable', 'away'), new Retryable('still contended', 17)];
    const answer = await answerTo(new AggregateError(both, 'both halves'));
    expect(answer).toMatchObject({ status: 503, retryAfter: '17' });
  });

  it('that is several, one of them a bug, is answered with 500', async () => {
    const both = [new CloudError('unavailable', 'away'), new TypeError('x is not a function')];
    const answer = await answerTo(new AggregateError(both, 'both halves'));
    expect(answer).toMatchObject({ ...json, status: 500, json: { error: 'internal error' } });
  });

  it('that is a bug is told to the log in full, and to the caller not at all', async () => {
    const answer = await answerTo(new TypeError('x is not a function'));
    expect(answer).toMatchObject({ ...json, status: 500, json: { error: 'internal error' } });
    const stack = expect.stringContaining('app.test.ts');
    expect(answer.logged).toMatchObject([{ error: 'x is not a function', stack }]);
  });

  it('that is an answer is that answer, in JSON', async () => {
    const answer = await answerTo(new HTTPException(413, { message: 'too much' }));
    expect(answer).toMatchObject({ ...json, status: 413, json: { error: 'too much' } });
    expect(answer.logged).toEqual([]);
  });
});

describe('a request that nobody handles', () => {
  it('is answered in JSON with 404', async () => {
    const answer = await ask(() => {});
    const error = 'nothing at POST /signals/status';
    expect(answer).toMatchObject({ ...json, status: 404, json: { error } });
  });
});

describe('the log of a request', () => {
  it.each([
    ['Permanent', new Permanent('no')],
    ['Retryable', new Retryable('later', 1)],
    ['a bug', new Error('bug')],
  ])('has nothing that the request carried, when its handler throws %s', async (_what, error) => {
    const answer = await answerTo(error, {
      headers: { authorization: `Bearer ${secret}`, 'x-hub-signature-256': secret },
      body: JSON.stringify({ secret }),
    });
    expect(answer.logged).toHaveLength(1);
    expect(JSON.stringify(answer.logged)).not.toContain(secret);
  });
});
