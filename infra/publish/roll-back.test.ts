import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../shared/cloud/random.ts';
import { publish } from '../../shared/projects/publish.ts';
import type { Current } from '../../shared/projects/release.ts';
import { projectOf } from '../../test/project.ts';
import { Failure } from '../cli/errors.ts';
import { deployedBench, type PublishBench } from './test-bench.ts';

let bench: PublishBench;
afterEach(() => bench.close());

async function current(): Promise<Current> {
  const found = await bench.documents.get<Current>('project/current');
  if (!found) throw new Error('nothing is published');
  return found.data;
}

/** Deployed, and then published with another script. Answers with both releases. */
async function published(): Promise<{ first: string; second: string }> {
  bench = await deployedBench();
  const first = (await current()).release;
  bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
  await bench.publish();
  bench.events.length = 0;
  bench.questions.length = 0;
  return { first, second: (await current()).release };
}

describe('drover publish --rollback', () => {
  it('shows what that changes, asks, and makes the release before current', async () => {
    const { first, second } = await published();
    const builds = bench.google.builds.length;
    expect(await bench.rollBack(undefined, { why: 'it hangs' })).toMatchObject({
      release: first,
      base: second,
      isChange: true,
    });
    expect(bench.shown()).toEqual([
      expect.stringMatching(`^from release ${second}, made current by ada@example.com at 2026-`),
      expect.stringMatching(`^back to release ${first}, published first at 2026-`),
      '~ agent script',
      expect.stringMatching(/^ {4}image {8}script@\w{12} → script@\w{12}$/),
    ]);
    expect(bench.questions).toEqual([`Go back to ${first} in demo-project: 1 agent changed?`]);
    expect((await current()).release).toBe(first);
    expect(bench.google.builds).toHaveLength(builds);
    // Nobody needs the right to make identities who makes none.
    expect(bench.placed).toEqual([]);
  });

  it('gives an agent that was gone its identity back', async () => {
    const { first } = await published();
    bench.write('agents/scout/SKILL.md', 'Look.');
    await bench.publish();
    const { release: withScout } = await current();
    await bench.rollBack(first);
    bench.placed.length = 0;
    await bench.rollBack(withScout);
    expect(bench.placed).toContainEqual(
      expect.stringMatching(/^iam service-accounts create \S*scout/),
    );
  });

  it('is refused, and changes nothing, where an image of it was pruned', async () => {
    const { first, second } = await published();
    const [oldest = ''] = [...bench.google.images].filter((name) => name.startsWith('script:'));
    bench.google.images.delete(oldest);
    await expect(bench.rollBack()).rejects.toMatchObject({
      code: 'RELEASE_IMAGE_GONE',
      message: `Release ${first} needs an image that is not in the repository any more. Nothing was changed.`,
      details: [expect.stringMatching(/\/drover\/script@sha256:\w{64} of script$/)],
    });
    expect((await current()).release).toBe(second);
    expect([bench.questions, bench.placed]).toEqual([[], []]);
  });

  it('is refused where an image of it is pruned while it asks', async () => {
    const { second } = await published();
    const [oldest = ''] = [...bench.google.images].filter((name) => name.startsWith('script:'));
    const agree = async (): Promise<void> => void bench.google.images.delete(oldest);
    await expect(bench.rollBack(undefined, { agree })).rejects.toMatchObject({
      code: 'RELEASE_IMAGE_GONE',
    });
    expect((await current()).release).toBe(second);
  });

  it('is refused where another Drover made the release', async () => {
    const { first, second } = await published();
    const path = `releases/${first}`;
    await bench.documents.commit([{ op: 'update', path, fields: { format: 7 } }]);
    await expect(bench.rollBack()).rejects.toMatchObject({
      code: 'RELEASE_UNREADABLE',
      todo: expect.stringContaining('Use the newer Drover'),
    });
    await bench.documents.commit([
      { op: 'update', path, fields: { format: 0, agents: { script: {} } } },
    ]);
    await expect(bench.rollBack()).rejects.toMatchObject({
      code: 'RELEASE_UNREADABLE',
      todo: expect.stringContaining('`drover publish` them'),
    });
    expect((await current()).release).toBe(second);
  });

  it('gets away from a release that this Drover cannot read', async () => {
    const { first, second } = await published();
    const path = `releases/${second}`;
    await bench.documents.commit([{ op: 'update', path, fields: { format: 7 } }]);
    expect(await bench.rollBack()).toMatchObject({ release: first, difference: null });
    expect(bench.questions).toEqual([`Go back to ${first} in demo-project?`]);
  });

  it('says which credentials it will lack, and goes back all the same', async () => {
    const { first } = await published();
    await bench.vanish('github_token:default');
    await bench.rollBack();
    expect((await current()).release).toBe(first);
    expect(bench.events).toContainEqual({
      kind: 'note',
      text: expect.stringMatching(/^credential github_token:default: /),
    });
  });

  it('does nothing where the release is current, and asks nobody', async () => {
    const { second } = await published();
    expect(await bench.rollBack(second)).toMatchObject({ release: second, isChange: false });
    expect(bench.questions).toEqual([]);
  });

  it.each([
    ['ffffffffffff', 'RELEASE_NOT_FOUND', 'There is no release ffffffffffff.'],
    ['latest', 'RELEASE_NOT_FOUND', 'There is no release latest.'],
  ])('knows no release %s', async (wanted, code, message) => {
    await published();
    await expect(bench.rollBack(wanted)).rejects.toMatchObject({ code, message });
  });

  it('has nothing to go back to from the first release', async () => {
    bench = await deployedBench();
    await expect(bench.rollBack()).rejects.toMatchObject({
      code: 'NOTHING_TO_ROLL_BACK',
      message: 'There is no release that was current before this one.',
    });
  });

  it('changes nothing in a dry run, or where the answer is no', async () => {
    const { second } = await published();
    await bench.rollBack(undefined, { isDryRun: true });
    const agree = async (): Promise<void> => {
      throw new Failure('NOT_CONFIRMED');
    };
    await expect(bench.rollBack(undefined, { agree })).rejects.toThrow(Failure);
    expect([(await current()).release, bench.placed]).toEqual([second, []]);
    expect(bench.events.filter(({ kind }) => kind === 'command').at(-1)).toMatchObject({
      title: 'release',
    });
  });

  it('is refused where somebody publishes while it asks', async () => {
    await published();
    const agree = async (): Promise<void> => {
      await publish({ ...bench, random: systemRandom }, projectOf({ other: {} }));
    };
    await expect(bench.rollBack(undefined, { agree })).rejects.toMatchObject({
      code: 'RELEASE_MOVED',
    });
  });
});
