import { describe, expect, it } from 'vitest';
import { findPlace, type Namings } from './find-place.ts';

const settings = { account: undefined, project: undefined, region: undefined };
const cloud = { artifactRegistry: null, serviceAccount: null };

function placeOf(namings: Partial<Namings>) {
  return findPlace({ options: {}, configuration: undefined, cloud: null, settings, ...namings });
}

describe('where Drover runs', () => {
  it('is named by options, drover.toml, the environment and gcloud, in this order', () => {
    const namings = {
      settings: { ...settings, project: 'of-gcloud', region: 'us-west1' },
      cloud: { ...cloud, project: 'of-cloud', region: 'us-west2' },
      configuration: { project: 'of-file', region: 'us-west3' },
      options: { project: 'of-option', region: 'us-west4' },
    };
    const order = ['options', 'configuration', 'cloud', 'settings'] as const;
    const found = order.map((_, at) =>
      placeOf(Object.fromEntries(order.slice(at).map((name) => [name, namings[name]]))),
    );
    expect(found).toEqual([
      { project: 'of-option', region: 'us-west4' },
      { project: 'of-file', region: 'us-west3' },
      { project: 'of-cloud', region: 'us-west2' },
      { project: 'of-gcloud', region: 'us-west1' },
    ]);
  });

  it('may be named in two places, each one half', () => {
    expect(
      placeOf({ options: { region: 'us-west4' }, configuration: { project: 'of-file' } }),
    ).toEqual({ project: 'of-file', region: 'us-west4' });
  });

  it('is in the usual region when nobody names one, and needs a project', () => {
    expect(placeOf({ options: { project: 'acme-drover' } }).region).toBe('us-central1');
    expect(() => placeOf({})).toThrow(expect.objectContaining({ code: 'PROJECT_MISSING' }));
  });

  it('cannot be what is no name of a project or a region', () => {
    expect(() => placeOf({ options: { project: 'Acme' } })).toThrow(
      expect.objectContaining({ code: 'PROJECT_NAME_WRONG', exitCode: 2 }),
    );
    expect(() => placeOf({ options: { project: 'acme-drover', region: 'europe' } })).toThrow(
      expect.objectContaining({ code: 'REGION_WRONG', exitCode: 2 }),
    );
  });
});
