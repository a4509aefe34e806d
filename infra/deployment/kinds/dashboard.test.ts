import { describe, expect, it } from 'vitest';
import type { Dashboard } from '../resource.ts';
import { dashboardKind as kind } from './dashboard.ts';
import { deployment, told, typed } from './test-kind.ts';

const wanted: Dashboard = {
  kind: 'dashboard',
  id: 'drover',
  why: 'Shows.',
  title: 'Drover',
  body: {
    mosaicLayout: { columns: 12, tiles: [{ xPos: 0, width: 4, widget: { title: 'Runs' } }] },
  },
  needs: [],
};
const found = {
  // A project may be named by its number.
  name: 'projects/123456789012/dashboards/drover',
  displayName: 'Drover',
  labels: { drover: 'deployment' },
  etag: 'abc',
  mosaicLayout: { columns: 12, tiles: [{ width: 4, widget: { title: 'Runs', id: '' } }] },
};

describe('a dashboard', () => {
  it('is as it should be right after it was made', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
    expect([...kind.read(deployment, [wanted], [[found]]).keys()]).toEqual(['drover']);
  });

  it('that somebody changed is set, if it is still what was seen', () => {
    const other = { ...found, displayName: 'Mine' };
    expect(told(kind.compare(deployment, wanted, other))).toEqual(['displayName: Mine > Drover']);
    const [command] = kind.update(deployment, wanted, other) ?? [];
    expect(command && typed(command)).toBe(
      'gcloud monitoring dashboards update drover --config-from-file=<file>',
    );
    expect(JSON.stringify(command)).toContain('\\"etag\\":\\"abc\\"');
  });

  it('of others is left alone', () => {
    const theirs = { name: 'projects/acme-drover/dashboards/shop', displayName: 'Drover' };
    expect(kind.read(deployment, [wanted], [[theirs]]).size).toBe(0);
  });
});
