import { afterEach, expect, test } from 'vitest';
import type { Release } from '../../shared/projects/release.ts';
import { sampleProject } from '../deploy/test-bench.ts';
import { deployedBench, type PublishBench } from '../publish/test-bench.ts';
import { findUses } from './find-uses.ts';
import { pruneImages } from './prune.ts';

let bench: PublishBench;
afterEach(() => bench.close());

const script = (times: number): void =>
  bench.write('agents/script/run.sh', `#!/bin/sh\necho ${times} times\n`);

/** Removes every image that nothing needs, as somebody on another machine does, whose files are others. */
async function pruneElsewhere(): Promise<void> {
  const context = { ...bench.context(), project: null };
  const { clock, documents } = bench;
  await pruneImages(context, { clock, documents, isAlive: () => true, isDryRun: false, newest: 0 });
}

/** Images of the current release that are not in the repository. */
async function lost(): Promise<string[]> {
  const current = await bench.documents.get('project/current');
  const release = await bench.documents.get<Release>(`releases/${current?.data.release}`);
  const digests = [...bench.google.images].map((name) => name.slice(name.indexOf(':') + 1));
  return Object.values(release?.data.agents ?? {})
    .map(({ image }) => image)
    .filter((image) => image.includes('@') && !digests.some((each) => image.includes(each)));
}

test('an image that is removed while a person is asked is built before a release names it', async () => {
  bench = await deployedBench();
  script(2);
  await bench.publish();
  // Built, and never published: nothing but these files needs it.
  script(3);
  const refused = bench.publish({
    ports: {
      documents: { ...bench.documents, commit: () => Promise.reject(new Error('cut off')) },
      secrets: bench.secrets,
    },
  });
  await expect(refused).rejects.toThrow('cut off');
  const builds = bench.google.builds.length;
  await bench.publish({ agree: pruneElsewhere });
  expect(bench.google.builds).toHaveLength(builds + 1);
  expect(await lost()).toEqual([]);
});

test('while images are built for a release, nobody removes any', async () => {
  bench = await deployedBench();
  script(2);
  const refusals: unknown[] = [];
  const { api } = bench.google;
  bench.google.api = async (method, url, body) => {
    if (/\/builds\/b\d+$/.test(url)) await pruneElsewhere().catch((error) => refusals.push(error));
    return api(method, url, body);
  };
  bench.google.images.add('script:000000000001');
  await bench.publish();
  expect(refusals).toEqual([expect.objectContaining({ code: 'ALREADY_RUNNING' })]);
  expect(await lost()).toEqual([]);
});

test('a release whose images another one names is published without keeping anybody out', async () => {
  bench = await deployedBench();
  bench.write('agents/thinker/SKILL.md', 'Think twice.');
  const asked: string[] = [];
  const { gcloud } = bench.google;
  bench.google.gcloud = (args, options) => {
    asked.push(args.join(' '));
    return gcloud(args, options);
  };
  await bench.publish();
  expect(asked).toEqual([]);
  expect((await findUses(bench.documents)).releases).toHaveLength(2);
});

test('there is no going back to a release whose image was removed, until its files are published again', async () => {
  bench = await deployedBench();
  const first = (await bench.documents.get('project/current'))?.data.release;
  script(2);
  await bench.publish();
  const { clock, documents } = bench;
  const working = { clock, documents, isAlive: () => true, isDryRun: false };
  const { lost: releases } = await pruneImages(bench.context(), {
    ...working,
    newest: 0,
    releases: 1,
  });
  expect(releases).toEqual([first]);
  const current = await bench.documents.get('project/current');
  await expect(bench.rollBack()).rejects.toMatchObject({ code: 'RELEASE_IMAGE_GONE' });
  expect((await bench.documents.get('project/current'))?.data).toEqual(current?.data);
  bench.write('agents/script/run.sh', sampleProject['agents/script/run.sh']);
  expect((await bench.publish()).release).toBe(first);
  expect(await lost()).toEqual([]);
});
