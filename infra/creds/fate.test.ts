import { describe, expect, it } from 'vitest';
import { fateOf, restMs } from './fate.ts';

const since = 1_000_000;
const superseded = { number: '1', since, fingerprint: null };

describe('a version that no field names', () => {
  it('rests for an hour, whoever runs', () => {
    expect(fateOf(superseded, [], since + restMs - 1)).toEqual({
      kind: 'rests',
      until: since + restMs,
    });
    expect(fateOf(superseded, [], since + restMs)).toEqual({ kind: 'ripe' });
  });

  it.each([
    ['long before the change', since - 86_400_000, true],
    ['while the old names may still have been told', since + restMs, true],
    ['after everybody has seen the new ones', since + restMs + 1, false],
    ['at a time that nobody knows', 0, true],
  ])('is held by a run that was launched %s: %i, %s', (_when, launchedAt, isHeld) => {
    const fate = fateOf(superseded, [{ run: 'dev-aaaaaaaa', launchedAt }], since + 9 * restMs);
    expect(fate).toEqual(isHeld ? { kind: 'held', runs: ['dev-aaaaaaaa'] } : { kind: 'ripe' });
  });
});
