import { expect, test } from 'vitest';
import { type Google, GoogleRefusal } from '../gcloud/google.ts';
import { findImages } from './find-images.ts';

const place = { project: 'acme-drover', region: 'europe-west1' };
const digest = `sha256:${'a'.repeat(64)}`;
const row = (name: string, uploadTime: string) => ({
  name: 'projects/x',
  uri: `europe-west1-docker.pkg.dev/acme-drover/drover/${name}@${digest}`,
  tags: ['b', 'a'],
  imageSizeBytes: '123456789',
  uploadTime,
});

/** Artifact Registry with these pages. */
function registry(...pages: object[]): { google: Google; asked: string[] } {
  const asked: string[] = [];
  const gcloud = (): never => {
    throw new Error('nothing is asked of gcloud');
  };
  const api: Google['api'] = async (_method, url) => {
    asked.push(url);
    const page = pages[asked.length - 1];
    if (page instanceof Error) throw page;
    return page;
  };
  return { google: { gcloud, api }, asked };
}

test('every page is read, and images stand by name, the newest of a name first', async () => {
  const { google, asked } = registry(
    { dockerImages: [row('two', '2026-01-01'), row('one', '2026-01-01')], nextPageToken: 'a/b' },
    { dockerImages: [row('one', '2026-01-02')] },
  );
  const images = await findImages(google, place);
  expect(images.map(({ name, builtAt }) => `${name} ${builtAt}`)).toEqual([
    'one 2026-01-02',
    'one 2026-01-01',
    'two 2026-01-01',
  ]);
  expect(images[0]).toEqual({
    name: 'one',
    digest,
    uri: `europe-west1-docker.pkg.dev/acme-drover/drover/one@${digest}`,
    tags: ['a', 'b'],
    bytes: 123_456_789,
    builtAt: '2026-01-02',
  });
  expect(asked[1]).toMatch(/&pageToken=a%2Fb$/);
});

test('an empty repository has no images', async () => {
  expect(await findImages(registry({}).google, place)).toEqual([]);
});

test.each([
  new GoogleRefusal('not_found', 'no repository', { command: 'GET' }),
  new GoogleRefusal('permission_denied', 'off', { command: 'GET', service: 'a.googleapis.com' }),
])('without a repository, Drover is not set up: %s', async (refusal) => {
  await expect(findImages(registry(refusal).google, place)).rejects.toMatchObject({
    code: 'NOT_PROVISIONED',
  });
});

test('a refusal on a later page is no end of the list', async () => {
  const refusal = new GoogleRefusal('unavailable', 'busy', { command: 'GET' });
  const { google } = registry({ dockerImages: [], nextPageToken: 'x' }, refusal);
  await expect(findImages(google, place)).rejects.toBe(refusal);
});
