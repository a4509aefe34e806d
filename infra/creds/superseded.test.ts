import { describe, expect, it } from 'vitest';
import { openVersions, readSuperseded, type Superseded, withSuperseded } from './superseded.ts';

const since = Date.parse('2026-01-02T03:04:05Z');

describe('notes of superseded versions', () => {
  it('come back as they were written, the newest first, beside what others have noted', () => {
    const notes: Superseded[] = [
      { number: '2', since, fingerprint: '01234567' },
      { number: '10', since, fingerprint: null },
    ];
    const annotations = withSuperseded({ annotations: { owner: 'octavia' } }, notes);
    expect(annotations.owner).toBe('octavia');
    expect(readSuperseded({ annotations })).toEqual([...notes].reverse());
  });

  it('that cannot be read are none', () => {
    const annotations = {
      'drover-superseded-x': `${new Date(since).toISOString()} 01234567`,
      'drover-superseded-': new Date(since).toISOString(),
      'drover-superseded-3': 'some time',
      'drover-superseded': new Date(since).toISOString(),
    };
    expect(readSuperseded({ annotations })).toEqual([]);
  });

  it('of a thousand versions fit into what a secret holds, the newest of them', () => {
    const notes = Array.from({ length: 1_000 }, (_, at) => ({
      number: String(at + 1),
      since,
      fingerprint: '01234567',
    }));
    const annotations = withSuperseded({ annotations: {} }, notes);
    const bytes = Object.entries(annotations).flat().join('').length;
    expect(bytes).toBeLessThan(4_096);
    expect(readSuperseded({ annotations }).map(({ number }) => number)).toContain('1000');
  });

  it('that were made last are kept, also of a version that is old itself', () => {
    const notes = Array.from({ length: 60 }, (_, at) => ({
      number: String(at + 2),
      since: since + at,
      fingerprint: '01234567',
    }));
    const late: Superseded = { number: '1', since: since + 60, fingerprint: '89abcdef' };
    const annotations = withSuperseded({ annotations: {} }, [...notes, late]);
    expect(readSuperseded({ annotations })).toContainEqual(late);
  });
});

it('versions are open that can be read and that no field names', () => {
  const version = (number: string, state: string) => ({
    number,
    state,
    createdAt: 0,
    destroyAt: null,
  });
  const versions = [
    version('4', 'ENABLED'),
    version('3', 'ENABLED'),
    version('2', 'DISABLED'),
    version('1', 'DESTROYED'),
  ];
  const open = openVersions({ aliases: { token: '4' } }, versions);
  expect(open.map(({ number }) => number)).toEqual(['3']);
});
