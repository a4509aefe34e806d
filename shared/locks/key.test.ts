import { describe, expect, it } from 'vitest';
import { keyProblem, largestKey } from './key.ts';

describe('a resource key', () => {
  it.each([
    'github://acme/app/issues/1',
    'deploy://api',
    'urn:isbn:1',
    'foo:bar',
    'foo:',
    'localhost:8080',
    'file:///',
    'https:foo',
    'x://%zz',
    'github://acme/a b',
    'GITHUB://acme/app',
    'C:\\x',
    ' foo:bar ',
    'x:\u0000',
    'x:東京',
  ])('may be %j', (key) => {
    expect(keyProblem(key)).toBeUndefined();
  });

  it.each([
    'issue-42',
    '/abs/path',
    '//a',
    '1a:b',
    'a_b://x',
    'http://',
    'deploy://api prod',
    'x://a:99999',
    'github://a:b/c',
    'x://[::1',
    ' ',
  ])('may not be %j', (key) => {
    expect(keyProblem(key)).toBe('Invalid URI format: Invalid URL');
  });

  it('is no longer than a page can show', () => {
    const longest = `x:${'é'.repeat(largestKey / 2 - 1)}`;
    expect(keyProblem(longest)).toBeUndefined();
    expect(keyProblem(`${longest}e`)).toBe('resourceKey of 4097 bytes is over the limit of 4096');
  });
});
