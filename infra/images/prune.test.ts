import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Documents } from '../../shared/ports/index.ts';
import { type TestBench, testBench } from '../deploy/test-bench.ts';
import { GoogleRefusal } from '../gcloud/google.ts';
import { type PruneOptions, pruneImages } from './prune.ts';

let bench: TestBench;
beforeEach(() => {
  bench = testBench();
});
afterEach(() => bench.close());

const old = ['000000000001', '000000000002', '000000000003', '000000000004'];
const questions: string[] = [];

function prune(options: Partial<PruneOptions> = {}) {
  questions.length = 0;
  const { clock, documents } = bench;
  const confirm = async (question: string): Promise<void> => void questions.push(question);
  const context = { ...bench.context(), confirm };
  const usual = { clock, documents, isAlive: () => true, isDryRun: false };
  return pruneImages(context, { ...usual, ...options });
}

const deletions = (): string[] =>
  bench.google.effects.filter((line) => line.startsWith('artifacts docker images delete'));
/** Deploys the project so many times, with another script each time. */
async function deployTimes(times: number): Promise<void> {
  for (let time = 1; time <= times; time += 1) {
    bench.write('agents/script/run.sh', `#!/bin/sh\necho ${time}\n`);
    await bench.deploy();
  }
}

describe('pruning', () => {
  test('removes what nothing needs by gcloud, its tags with it, and keeps the three newest', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    const { removed, kept } = await prune();
    expect(removed.map(({ tags }) => tags)).toEqual([['000000000001']]);
    expect(kept).toBe(3);
    expect(deletions()).toEqual([
      `artifacts docker images delete europe-west1-docker.pkg.dev/demo-project/drover/script@sha256:${'000000000001'.padEnd(64, '0')} --delete-tags`,
    ]);
    expect(bench.google.images.size).toBe(3);
  });

  test('keeps what a release names, however many there are and however old it is', async () => {
    await deployTimes(6);
    expect((await prune({ newest: 0 })).removed).toEqual([]);
  });

  test('finds nothing to do the second time, and asks nobody', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    await prune();
    const before = [...bench.google.effects];
    expect((await prune()).removed).toEqual([]);
    expect(bench.google.effects).toEqual(before);
    expect(questions).toEqual([]);
  });

  test('asks before releases lose their images, and names them', async () => {
    await deployTimes(6);
    const { removed, lost } = await prune({ newest: 0, releases: 2 });
    expect(removed).toHaveLength(4);
    expect(lost).toHaveLength(4);
    expect(questions).toEqual([
      `4 images are removed, without which nobody can go back to 4 releases: ${lost.join(', ')}.`,
    ]);
  });

  test('changes nothing where it is not confirmed', async () => {
    await deployTimes(2);
    const { clock, documents } = bench;
    const no = new Error('no');
    const context = { ...bench.context(), confirm: () => Promise.reject(no) };
    const options = { clock, documents, isAlive: () => true, isDryRun: false };
    await expect(pruneImages(context, { ...options, newest: 0, releases: 1 })).rejects.toBe(no);
    expect(deletions()).toEqual([]);
  });

  test('leaves what somebody has come to need since it was looked at', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    const image = `europe-west1-docker.pkg.dev/demo-project/drover/script@sha256:${'000000000001'.padEnd(64, '0')}`;
    const data = {
      name: 'herd',
      publishedAt: '2026-01-01T00:00:00Z',
      agents: { script: { image, skill: 'Run.' } },
    };
    // The lock is taken after the first look.
    const gcloud = bench.google.gcloud;
    bench.google.gcloud = async (args, options) => {
      if (args.join(' ').startsWith('secrets create drover-lock')) {
        await bench.documents.commit([{ op: 'create', path: 'releases/new', data }]);
      }
      return gcloud(args, options);
    };
    expect((await prune()).removed).toEqual([]);
    expect(deletions()).toEqual([]);
  });

  test('leaves the images of a release that somebody goes back to while it removes', async () => {
    await deployTimes(2);
    const [first] = await bench.documents.query({
      collection: 'releases',
      orderBy: [['publishedAt', 'asc']],
      limit: 1,
    });
    const fields = { release: first?.id ?? '' };
    let looks = 0;
    const query: Documents['query'] = async (...asked) => {
      const found = await bench.documents.query(...asked);
      looks += asked[0].collection === 'releases' ? 1 : 0;
      // All that it looks at before it removes something is looked at.
      if (looks === 2) {
        await bench.documents.commit([{ op: 'update', path: 'project/current', fields }]);
      }
      return found as never;
    };
    const documents = { ...bench.documents, query };
    const { removed } = await prune({ newest: 0, releases: 1, documents });
    expect([removed, deletions()]).toEqual([[], []]);
  });

  test('keeps those out who deploy', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    const ended = await Promise.allSettled([bench.deploy(), prune()]);
    const [refused] = ended.filter((each) => each.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  test('takes an image that is gone already for removed', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    bench.google.onChange = (when, line) => {
      if (when === 'before' && line.includes('images delete')) {
        throw new GoogleRefusal('not_found', 'gone', { command: line });
      }
    };
    expect((await prune()).removed).toHaveLength(1);
  });

  test('removes nothing more after a refusal', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    bench.google.onChange = (when, line) => {
      if (when === 'before' && line.includes('images delete')) {
        throw new GoogleRefusal('permission_denied', 'no', { command: line });
      }
    };
    await expect(prune({ newest: 0 })).rejects.toMatchObject({ code: 'permission_denied' });
    expect(bench.google.images.size).toBe(4);
  });

  test('shows in a dry run what it would do, and changes nothing', async () => {
    for (const tag of old) bench.google.images.add(`script:${tag}`);
    const { removed } = await prune({ isDryRun: true });
    expect(removed).toHaveLength(1);
    expect(bench.google.effects).toEqual([]);
    const shown = bench.events.flatMap((event) =>
      event.kind === 'command' && event.command.tool === 'gcloud'
        ? [event.command.args.join(' ')]
        : [],
    );
    await prune();
    expect(deletions()).toEqual(shown);
  });
});
