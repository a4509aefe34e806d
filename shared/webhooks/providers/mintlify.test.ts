import { describe, expect, it } from 'vitest';
import { contextOf, receivedAt, sourceOf } from '../../../test/webhooks.ts';
import { senderOf } from '../../../test/wire/senders.ts';
import { mintlify } from './mintlify.ts';

describe('an event of Mintlify', () => {
  it('tells project, branch, how the build ended and who asked for it', () => {
    const payload = {
      event: 'build',
      action: 'failed',
      project: 'docs',
      branch: 'next',
      error: 'page not found',
      build_url: 'https://mintlify.test/b/1',
      user: { name: 'Mara', email: 'mara@acme.test' },
      timestamp: '2026-02-28T10:00:00+01:00',
    };
    expect(contextOf('mintlify', payload)).toEqual({
      source: 'mintlify',
      event: 'build',
      action: 'failed',
      repo: 'docs',
      title: 'Build failed',
      body: 'page not found',
      url: 'https://mintlify.test/b/1',
      branch: 'next',
      conclusion: 'failure',
      sender: 'mara@acme.test',
      timestamp: '2026-02-28T09:00:00.000Z',
    });
  });

  it('has a build on main in an unknown project by default', () => {
    expect(contextOf('mintlify', { status: 'success', organization: 'acme' })).toMatchObject({
      event: 'build',
      action: 'success',
      repo: 'acme',
      branch: 'main',
      conclusion: 'success',
    });
    const bare = contextOf('mintlify', {});
    expect(bare).toMatchObject({ repo: 'unknown', title: 'build', sender: 'unknown' });
    expect(bare).not.toHaveProperty('conclusion');
  });

  it('has the time of its receipt where its own is none', () => {
    const { timestamp } = contextOf('mintlify', { timestamp: 'yesterday' });
    expect(timestamp).toBe('2026-03-01T12:00:00.000Z');
  });

  it('may have its signature in the other header', () => {
    const body = Buffer.from('{}');
    const { stored, sign } = senderOf('mintlify').secret('ours');
    const signature = sign(body, receivedAt)['x-mintlify-signature'];
    const request = { headers: { 'mintlify-signature': signature }, body };
    const secret = Buffer.from(stored);
    expect(mintlify.isSigned(request, sourceOf('mintlify'))).toBe(true);
    expect(mintlify.verify(request, secret, sourceOf('mintlify'), receivedAt)).toBe(true);
  });
});
