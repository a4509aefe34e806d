import { describe, expect, it } from 'vitest';
import { systemRandom } from '../cloud/random.ts';
import type { Run } from './run.ts';
import { claimedRun, newRunSecret, ownsSecret } from './secret.ts';

function runWith(...secretHashes: string[]): Run {
  return { secretHashes } as Partial<Run> as Run;
}

describe("a run's secret", () => {
  it('names its run and is never the same twice', () => {
    const one = newRunSecret(systemRandom, 'triage-abcdefgh');
    const other = newRunSecret(systemRandom, 'triage-abcdefgh');
    expect(claimedRun(one.secret)).toBe('triage-abcdefgh');
    expect(one.secret).not.toBe(other.secret);
    expect(one.hash).not.toContain(one.secret.slice(-16));
  });

  it('is safe in hand-made JSON, in a URL and in a shell word', () => {
    expect(newRunSecret(systemRandom, 'triage-abcdefgh').secret).toMatch(/^[A-Za-z0-9.-]+$/);
  });

  it('opens its own run, whichever launch it was made for, and no other', () => {
    const [first, second, foreign] = [1, 2, 3].map(() => newRunSecret(systemRandom, 'a-bbbbbbbb'));
    const run = runWith(first?.hash ?? '', second?.hash ?? '');
    expect(ownsSecret(run, first?.secret ?? '')).toBe(true);
    expect(ownsSecret(run, second?.secret ?? '')).toBe(true);
    expect(ownsSecret(run, foreign?.secret ?? '')).toBe(false);
    expect(ownsSecret(runWith(), first?.secret ?? '')).toBe(false);
  });

  it.each([
    '',
    'x',
    'triage-abcdefgh',
    `../runs.${'0'.repeat(64)}`,
    `a/b.${'0'.repeat(64)}`,
    `a.${'0'.repeat(63)}`,
  ])('is not %j', (text) => expect(claimedRun(text)).toBeUndefined());
});
