import { expect, test } from 'vitest';
import type { Image } from './find-images.ts';
import type { Use } from './find-uses.ts';
import { type Judging, judgeImages } from './judge-images.ts';

const image = (name: string, number: number, tags = [String(number).padStart(12, '0')]): Image => ({
  name,
  digest: `sha256:${number}`,
  uri: `host/p/drover/${name}@sha256:${number}`,
  tags,
  bytes: 1,
  builtAt: '2026-01-01T00:00:00Z',
});
const use = (changes: Partial<Use>): Use => ({
  isCurrent: false,
  releases: [],
  runs: 0,
  ...changes,
});

/** What is said of each image, the newest first: the words, or `-` where nothing needs it. */
function judged(given: Partial<Judging>): string[] {
  const judging = { images: [], uses: new Map<string, Use>(), wanted: new Set<string>() };
  return judgeImages({ ...judging, newest: 0, ...given }).map(
    ({ kept }) => kept.map(({ why }) => why).join(' ') || '-',
  );
}

test('the three newest of each name stay', () => {
  const images = [4, 3, 2, 1].flatMap((number) => [image('one', number), image('two', number)]);
  expect(judged({ images, newest: 3 }).slice(-2)).toEqual(['-', '-']);
  expect(judged({ images, newest: 3 }).slice(0, 6)).toEqual(Array(6).fill('newest'));
});

test('what a release, the current one or a run needs stays, however old it is', () => {
  const images = [image('one', 3), image('one', 2), image('one', 1), image('one', 0)];
  const uses = new Map([
    ['host/p/drover/one@sha256:2', use({ releases: ['r2'] })],
    ['host/p/drover/one@sha256:1', use({ isCurrent: true, releases: ['r1'] })],
    ['host/p/drover/one@sha256:0', use({ runs: 2, releases: ['r0'] })],
  ]);
  expect(judged({ images, uses })).toEqual(['-', 'releases', 'current releases', 'runs releases']);
});

test('where only some releases count, others lose their images, but for the current one and those of runs', () => {
  const images = [image('one', 3), image('one', 2), image('one', 1)];
  const uses = new Map([
    ['host/p/drover/one@sha256:3', use({ isCurrent: true, releases: ['r3'] })],
    ['host/p/drover/one@sha256:2', use({ releases: ['r2', 'old'] })],
    ['host/p/drover/one@sha256:1', use({ runs: 1, releases: ['r1'] })],
  ]);
  expect(judged({ images, uses, counted: new Set() })).toEqual(['current', '-', 'runs']);
  const lost = judgeImages({
    images,
    uses,
    wanted: new Set(),
    counted: new Set(['r2']),
    newest: 0,
  });
  expect(lost.map((each) => each.lost)).toEqual([['r3'], ['old'], ['r1']]);
});

test('an image of the same name and another digest is not the one that a release needs', () => {
  const uses = new Map([['host/p/drover/two@sha256:1', use({ releases: ['r1'] })]]);
  expect(judged({ images: [image('one', 1)], uses })).toEqual(['-']);
});

test('an image that an agent names by its tag stays as well', () => {
  const uses = new Map([['host/p/drover/one:000000000001', use({ releases: ['r1'] })]]);
  expect(judged({ images: [image('one', 2), image('one', 1)], uses })).toEqual(['-', 'releases']);
});

test('what the files here need stays, for it would be built again', () => {
  const wanted = new Set(['one:000000000001']);
  expect(judged({ images: [image('one', 1), image('two', 1)], wanted })).toEqual(['files', '-']);
});

test.each([[[]], [['latest']], [['000000000001', 'latest']], [['version_1']]])(
  'what has the tags %j was not built by Drover alone, and stays',
  (tags) => {
    expect(judged({ images: [image('one', 1, tags)] })).toEqual(['not-ours']);
  },
);

test('what Drover did not build takes the place of none of the newest', () => {
  const images = [image('one', 3, ['dev']), image('one', 2), image('one', 1)];
  expect(judged({ images, newest: 1 })).toEqual(['not-ours', 'newest', '-']);
});
