import { describe, expect, it } from 'vitest';
import { secretFilter, versionFilter } from './filter.ts';
import type { SecretInfo, VersionInfo, VersionState } from './types.ts';

const secret = (id: string, labels: { [key: string]: string } = {}): SecretInfo => ({
  name: `projects/name-is-no-id/secrets/${id}`,
  labels,
  annotations: {},
  aliases: {},
  createdAt: 0,
  etag: '',
  replication: { automatic: {} },
});

const version = (state: VersionState): VersionInfo => ({
  name: 'projects/p/secrets/s/versions/1',
  createdAt: 0,
  state,
  etag: '',
  checksumSent: false,
});

describe('a filter of secrets', () => {
  const run = secret('run-1', { run: 'x-1', kind: 'run' });

  it.each([
    ['', true],
    ['labels.run=x-1', true],
    ['labels.run="x-1"', true],
    ['labels.run=x', false],
    ['labels.none=x', false],
    ['labels.run:x', true],
    ['labels.run:*', true],
    ['labels.none:*', false],
    ['labels.run=x-1 AND labels.kind=run', true],
    ['labels.run=x-1 AND labels.kind=job', false],
    ['name:run-', true],
    ['name:is-no', false],
    ['name:"run-1" AND labels.kind:*', true],
  ])('%j means what it says', (filter, meant) => {
    expect(secretFilter(filter).passes(run)).toBe(meant);
  });

  it.each([
    'labels.run',
    'labels=x',
    'name=run',
    'labels.a=b OR labels.c=d',
    'NOT labels.a=b',
    '*',
  ])('%j is refused', (filter) => {
    expect(() => secretFilter(filter)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('a filter of versions', () => {
  it('knows their state and nothing else', () => {
    expect(versionFilter('state:ENABLED')(version('ENABLED'))).toBe(true);
    expect(versionFilter('state=ENABLED')(version('DISABLED'))).toBe(false);
    expect(() => versionFilter('create_time>2026')).toThrow(/filter/);
  });
});
