import { describe, expect, test } from 'vitest';
import { CloudError } from '../ports/index.ts';
import { asCloudError, normalised } from './errors.ts';

/** An error as google-gax throws it: a gRPC status. */
const grpc = (code: number, message = 'refused') => Object.assign(new Error(message), { code });

/** An error as google-gax 5.0.8 throws it over REST: HTTP status as code, Google's JSON as message. */
const rest = (http: number, status?: string) => {
  const body = { error: { code: http, message: 'refused', ...(status && { status }) } };
  return Object.assign(new Error(JSON.stringify(body)), { code: http, status: http });
};

test.each([
  [3, 'invalid_argument'],
  [4, 'deadline_exceeded'],
  [5, 'not_found'],
  [6, 'already_exists'],
  [7, 'permission_denied'],
  [8, 'resource_exhausted'],
  [9, 'failed_precondition'],
  [10, 'aborted'],
  [11, 'invalid_argument'],
  [14, 'unavailable'],
  [16, 'permission_denied'],
  [2, 'unknown'],
  [13, 'unavailable'],
])('gRPC code %i is %s', (code, expected) => {
  expect(asCloudError(grpc(code), 'Any.Call').code).toBe(expected);
});

test.each([
  [400, 'INVALID_ARGUMENT', 'invalid_argument'],
  [400, 'FAILED_PRECONDITION', 'failed_precondition'],
  [400, undefined, 'invalid_argument'],
  [403, 'PERMISSION_DENIED', 'permission_denied'],
  [404, 'NOT_FOUND', 'not_found'],
  [409, 'ALREADY_EXISTS', 'already_exists'],
  [409, 'ABORTED', 'aborted'],
  [409, undefined, 'already_exists'],
  [412, undefined, 'failed_precondition'],
  [429, 'RESOURCE_EXHAUSTED', 'resource_exhausted'],
  [500, 'INTERNAL', 'unavailable'],
  [503, 'UNAVAILABLE', 'unavailable'],
  [503, undefined, 'unavailable'],
  [504, 'DEADLINE_EXCEEDED', 'deadline_exceeded'],
])('HTTP %i with status %s is %s', (http, status, expected) => {
  expect(asCloudError(rest(http, status), 'Any.Call').code).toBe(expected);
});

describe('where a code stands', () => {
  test('in the body of the response, before the HTTP status', () => {
    const data = { error: { code: 409, status: 'ABORTED', message: 'too much contention' } };
    const error = Object.assign(new Error('Conflict'), { code: '409', response: { data } });
    expect(asCloudError(error, 'Jobs.Get')).toMatchObject({
      code: 'aborted',
      message: 'Jobs.Get: too much contention',
    });
  });

  test('in a body that is a list, as streams send it', () => {
    const message = JSON.stringify([
      { error: { code: 404, status: 'NOT_FOUND', message: 'gone' } },
    ]);
    const error = Object.assign(new Error(message), { code: 404 });
    expect(asCloudError(error, 'Jobs.Get')).toMatchObject({
      code: 'not_found',
      message: 'Jobs.Get: gone',
    });
  });

  test('as text', () => {
    expect(asCloudError({ code: '5' }, 'Any.Call').code).toBe('not_found');
    expect(asCloudError({ status: 'ABORTED' }, 'Any.Call').code).toBe('aborted');
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'])(
    '%s, of the network, is unavailable',
    (code) => {
      const below = Object.assign(new Error('connect'), { code });
      expect(asCloudError(below, 'Any.Call').code).toBe('unavailable');
      const above = new TypeError('fetch failed', { cause: below });
      expect(asCloudError(above, 'Any.Call').code).toBe('unavailable');
    },
  );

  test.each([
    ['an error without a code', new Error('oops')],
    ['a word that is no code', { code: 'constructor' }],
    ['a message that only looks like JSON', new Error('{ not json')],
    ['text', 'oops'],
    ['nothing', undefined],
  ])('nowhere: %s is unknown', (_, error) => {
    expect(asCloudError(error, 'Any.Call').code).toBe('unknown');
  });
});

test('the original error is the cause, and the message names the call', () => {
  const original = grpc(6, '6 ALREADY_EXISTS: entity already exists');
  const error = asCloudError(original, 'Firestore.Commit');
  expect(error.cause).toBe(original);
  expect(error.message).toBe('Firestore.Commit: 6 ALREADY_EXISTS: entity already exists');
});

test('a CloudError stays what it is', () => {
  const error = new CloudError('aborted', 'again');
  expect(asCloudError(error, 'Any.Call')).toBe(error);
});

test('normalised answers with what the call answers', async () => {
  expect(await normalised('Any.Call', async () => 7)).toBe(7);
});

test('normalised turns a rejection and a throw into a CloudError', async () => {
  await expect(normalised('Any.Call', () => Promise.reject(grpc(14)))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Any.Call: refused',
  });
  const thrown = normalised('Any.Call', () => {
    throw grpc(5);
  });
  await expect(thrown).rejects.toMatchObject({ code: 'not_found' });
});
