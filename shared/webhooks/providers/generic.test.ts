import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contextOf, readAs, receivedAt, sourceOf } from '../../../test/webhooks.ts';
import { generic } from './generic.ts';
import { test } from './test.ts';

const secret = Buffer.from('shared');
const body = Buffer.from('{"a":1}');
const sign = (algorithm: string, encoding: 'hex' | 'base64') =>
  createHmac(algorithm, secret).update(body).digest(encoding);

function isVerified(headers: { [name: string]: string }, options = {}): boolean {
  return generic.verify({ headers, body }, secret, sourceOf('generic', options), receivedAt);
}

describe('a generic signature', () => {
  it('is SHA-256 in hex by default, bare or after its algorithm', () => {
    const signature = sign('sha256', 'hex');
    expect(isVerified({ 'x-signature-256': signature })).toBe(true);
    expect(isVerified({ 'x-signature-256': `sha256=${signature}` })).toBe(true);
    expect(isVerified({ 'x-signature-256': `sha1=${signature}` })).toBe(false);
    expect(isVerified({ 'x-other': signature })).toBe(false);
  });

  it.each(['sha1', 'sha256', 'sha512'])('may be of %s, in either encoding', (algorithm) => {
    for (const encoding of ['hex', 'base64'] as const) {
      const options = { signatureAlgorithm: algorithm, signatureEncoding: encoding };
      const signature = sign(algorithm, encoding);
      expect(isVerified({ 'x-signature-256': signature }, options)).toBe(true);
      expect(isVerified({ 'x-signature-256': `${algorithm}=${signature}` }, options)).toBe(true);
      const other = encoding === 'hex' ? 'base64' : 'hex';
      const wrong = { ...options, signatureEncoding: other };
      expect(isVerified({ 'x-signature-256': signature }, wrong)).toBe(false);
    }
  });

  it('stands in the header and after the prefix that the source says', () => {
    const options = { signatureHeader: 'X-Hook-Sign', signaturePrefix: 'v1,' };
    const signature = sign('sha256', 'hex');
    expect(isVerified({ 'x-hook-sign': `v1,${signature}` }, options)).toBe(true);
    expect(isVerified({ 'x-hook-sign': signature }, options)).toBe(false);
    expect(isVerified({ 'x-hook-sign': `sha256=${signature}` }, options)).toBe(false);
    const request = { headers: { 'x-hook-sign': 'x' }, body };
    expect(generic.isSigned(request, sourceOf('generic', options))).toBe(true);
    expect(generic.isSigned(request, sourceOf('generic'))).toBe(false);
  });

  it('is not found in what every object has', () => {
    const options = { signatureHeader: 'constructor' };
    const request = { headers: {}, body };
    expect(generic.isSigned(request, sourceOf('generic', options))).toBe(false);
    expect(isVerified({}, options)).toBe(false);
  });

  it.each<[option: string, good: string[], bad: string[]]>([
    ['signatureHeader', ['X-A', 'x'], ['', 'a b', 'x:', 'ü']],
    ['signaturePrefix', ['v1,', 'sha256='], ['', ' ', 'a b']],
    ['signatureEncoding', ['hex', 'base64'], ['', 'HEX', 'hexx']],
    ['signatureAlgorithm', ['sha1', 'sha256', 'sha512'], ['md5', 'sha256 ']],
    ['eventHeader', ['x-event'], ['x event']],
    ['deliveryHeader', ['x-id'], ['']],
  ])('is told about by %s, of this form', (option, good, bad) => {
    const pattern = generic.options[option]?.pattern;
    for (const value of good) expect(pattern?.test(value)).toBe(true);
    for (const value of bad) expect(pattern?.test(value)).toBe(false);
  });
});

const everything = {
  event: 'gate',
  action: 'opened',
  repo: 'acme/house',
  number: 3,
  title: 'Gate',
  body: 'It is open.',
  url: 'https://acme.test/3',
  author: 'ben',
  assignee: 'cleo',
  labels: ['a', 'b'],
  branch: 'main',
  conclusion: 'success',
  comment: 'at last',
  sender: 'mara',
  timestamp: '2026-02-28T00:00:00.000Z',
};

describe.each(['generic', 'test'])('a %s event', (type) => {
  it('has the fields of its body one to one', () => {
    expect(contextOf(type, everything)).toEqual({ source: type, ...everything });
  });

  it('has a default for what it must have', () => {
    expect(contextOf(type, {})).toEqual({
      source: type,
      event: type,
      title: type,
      repo: 'unknown',
      sender: 'unknown',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
  });

  it('cannot pretend to come from elsewhere, nor to have been received', () => {
    const context = contextOf(type, { source: 'github', receiptId: 'github:1' });
    expect(context.source).toBe(type);
    expect(context).not.toHaveProperty('receiptId');
  });

  it.each(['webhook-id', 'x-delivery-id', 'idempotency-key'])('has its id in %s', (header) => {
    expect(readAs(type, {}, { headers: { [header]: 'one' } })).toMatchObject({ deliveryId: 'one' });
  });

  it('without an id is known by its bytes', () => {
    expect(readAs(type, {})).toMatchObject({ deliveryId: null });
  });
});

describe('a generic event', () => {
  it('has its name and its id where the source says', () => {
    const options = { eventHeader: 'X-Event', deliveryHeader: 'X-Id' };
    const headers = { 'x-event': 'push', 'x-id': 'own', 'webhook-id': 'usual' };
    expect(readAs('generic', { event: 'other' }, { headers, options })).toMatchObject({
      deliveryId: 'own',
      context: { event: 'push' },
    });
    expect(contextOf('generic', { event: 'other' }, { options }).event).toBe('other');
    expect(contextOf('generic', { type: 'kind' }, { options }).event).toBe('kind');
  });
});

describe('a test event', () => {
  it('needs no signature', () => {
    expect(test.secret).toBeNull();
    expect(test.isSigned({ headers: {}, body }, sourceOf('test'))).toBe(false);
  });
});
