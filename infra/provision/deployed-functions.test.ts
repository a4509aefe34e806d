import { describe, expect, it } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { deployedFunctions, refuseOtherRegions } from './deployed-functions.ts';

const place = { project: 'acme', region: 'europe-west1' };
const ours = { drover: 'deployment' };
const row = (region: string, id: string, labels: object = ours) => ({
  name: `projects/acme/locations/${region}/functions/${id}`,
  labels,
});

/** An API that answers page by page, or refuses. */
function google(...pages: unknown[]): Google & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    gcloud: () => Promise.reject(new Error('gcloud is not asked')),
    api: async (_, url) => {
      asked.push(url);
      const page = pages.shift();
      if (page instanceof Error) throw page;
      return page;
    },
  };
}

describe('functions that are deployed', () => {
  it('are those of all regions and pages with our label', async () => {
    const asking = google(
      { functions: [row('europe-west1', 'drover-tick')], nextPageToken: 'a b' },
      { functions: [row('us-west1', 'drover-tick'), row('us-west1', 'x', {})] },
    );
    const found = await deployedFunctions(asking, place);
    expect(found.map(({ id, region }) => `${region} ${id}`)).toEqual([
      'europe-west1 drover-tick',
      'us-west1 drover-tick',
    ]);
    expect(asking.asked[0]).toContain('/locations/-/functions?');
    expect(asking.asked[1]).toMatch(/&pageToken=a%20b$/);
  });

  it('are none where the service is off; whoever may not look is refused', async () => {
    const service = 'cloudfunctions.googleapis.com';
    const off = new GoogleRefusal('permission_denied', 'off', { command: 'x', service });
    expect(await deployedFunctions(google(off), place)).toEqual([]);
    const refused = new GoogleRefusal('permission_denied', 'no', { command: 'x' });
    await expect(deployedFunctions(google(refused), place)).rejects.toBe(refused);
  });
});

describe('another region', () => {
  const inRegion = (region: string) => ({ id: 'drover-tick', region, environment: undefined });

  it('with functions of ours is refused, and named with what to do', () => {
    const functions = ['us-west1', 'europe-west1', 'us-west1', 'asia-east1'].map(inRegion);
    expect(() => refuseOtherRegions(functions, place)).toThrow(
      expect.objectContaining({
        code: 'OTHER_REGION',
        message: expect.stringContaining('asia-east1 and us-west1'),
        todo: expect.stringContaining('drover teardown --keep-data --region asia-east1'),
      }),
    );
  });

  it('is none where all are in this one, or there are none', () => {
    expect(() => refuseOtherRegions([inRegion('europe-west1')], place)).not.toThrow();
    expect(() => refuseOtherRegions([], place)).not.toThrow();
  });
});
