import { describe, expect, it } from 'vitest';
import { Retryable } from '../../shared/errors.ts';
import { CloudError } from '../../shared/ports/index.ts';
import { UnreadableRelease } from '../../shared/projects/release-format.ts';
import { GoogleRefusal } from '../gcloud/google.ts';
import { movedOr, told } from './refusals.ts';

describe('what keeps a release from being published', () => {
  it('is told by whom and when another became current; nothing is said of whom where nobody is named', () => {
    const current = {
      release: 'abc',
      publishedAt: '2026-01-01T00:00:00.000Z',
      inFlight: [],
      paused: null,
      resumedAt: null,
      pace: null,
    };
    const moved = { at: '2026-01-02T00:00:00.000Z', by: 'bob@example.com' };
    const refused = (now: Parameters<typeof movedOr>[0]) => () => movedOr(now);
    expect(refused({ ok: false, reason: 'moved', current: { ...current, moved } })).toThrow(
      'release abc, made current by bob@example.com at 2026-01-02T00:00:00.000Z. Nothing was changed.',
    );
    expect(refused({ ok: false, reason: 'moved', current })).toThrow(
      'release abc, made current by nobody that is named at 2026-01-01T00:00:00.000Z.',
    );
    expect(refused({ ok: false, reason: 'moved', current: null })).toThrow('current is no release');
    expect(refused({ ok: false, reason: 'no_such_release' })).toThrow('no such release');
  });

  it.each([
    [
      'a release of a newer Drover',
      new UnreadableRelease('abc', 'x', 'newer'),
      'RELEASE_UNREADABLE',
    ],
    [
      'a pointer that others write all the time',
      new Retryable('still contended', 5),
      'GOOGLE_UNAVAILABLE',
    ],
  ])('has a code where it is %s', async (_what, error, code) => {
    await expect(told(() => Promise.reject(error))).rejects.toMatchObject({ code });
  });

  it('is not said to have changed nothing where the last answer was lost', async () => {
    const lost = new Retryable('still contended', 5, { cause: new CloudError('unavailable', 'x') });
    await expect(told(() => Promise.reject(lost))).rejects.toMatchObject({
      message: expect.not.stringContaining('Nothing was changed'),
      todo: expect.stringContaining('drover releases ls'),
    });
  });

  it('is Google’s own refusal where a port only passes it on, and a mistake of ours as it is', async () => {
    const refusal = new GoogleRefusal('permission_denied', 'no', { command: 'x' });
    const passed = new CloudError('permission_denied', 'no', { cause: refusal });
    await expect(told(() => Promise.reject(passed))).rejects.toBe(refusal);
    const mistake = new TypeError('x');
    await expect(told(() => Promise.reject(mistake))).rejects.toBe(mistake);
  });
});
