import { afterEach, describe, expect, it } from 'vitest';
import { listAudit } from '../../shared/audit/list.ts';
import { systemRandom } from '../../shared/cloud/random.ts';
import { publish } from '../../shared/projects/publish.ts';
import type { Current, Release } from '../../shared/projects/release.ts';
import { projectOf } from '../../test/project.ts';
import { Failure } from '../cli/errors.ts';
import { sampleProject } from '../deploy/test-bench.ts';
import { deployedBench, type PublishBench } from './test-bench.ts';

let bench: PublishBench;
afterEach(() => bench.close());

async function pointer(): Promise<Current> {
  const found = await bench.documents.get<Current>('project/current');
  if (!found) throw new Error('nothing is published');
  return found.data;
}

async function release(): Promise<Release | undefined> {
  const { release: id } = await pointer();
  return (await bench.documents.get<Release>(`releases/${id}`))?.data;
}

/** Somebody else publishes, or scales, as soon as the question is asked. */
async function somebodyElse(): Promise<void> {
  await publish({ ...bench, random: systemRandom }, projectOf({ other: {} }));
}

describe('drover publish', () => {
  it('shows the difference, asks, and writes release, pointer and audit', async () => {
    bench = await deployedBench();
    const base = (await pointer()).release;
    bench.write('agents/courier/config.toml', 'image = "example.com/courier:2"\nscale = 3\n');
    bench.write('agents/thinker/SKILL.md', 'Think.\nTwice.');
    const done = await bench.publish({ why: 'a faster courier' });
    expect(bench.shown()).toEqual([
      expect.stringMatching(`^compared with release ${base}, made current by `),
      '~ agent courier',
      '    image        example.com/courier:1 → example.com/courier:2',
      '    limits       scale 1 → 3',
      '~ agent thinker',
      '    instructions 2 lines (1 new, 0 gone)',
    ]);
    expect(bench.questions).toEqual(['Publish this to demo-project: 2 agents changed?']);
    expect(done).toMatchObject({
      base,
      built: [],
      isChange: true,
      release: (await pointer()).release,
    });
    expect(await release()).toMatchObject({
      publishedBy: 'ada@example.com',
      drover: expect.stringMatching(/^\d+\./),
      agents: { courier: { scale: 3 } },
    });
    const { documents } = await listAudit(bench, 1);
    expect(documents[0]?.data).toMatchObject({
      who: 'ada@example.com',
      why: 'a faster courier',
      action: 'project.publish',
    });
  });

  it('deploys no function, and finds nothing to do the second time', async () => {
    bench = await deployedBench();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    const effects = [...bench.google.effects];
    await bench.publish();
    expect((await bench.publish()).isChange).toBe(false);
    expect(bench.google.effects).toEqual(effects);
    expect(bench.questions).toHaveLength(1);
    expect((await bench.deploy()).steps).toEqual([]);
  });

  it('builds the images that are missing before the release names them', async () => {
    bench = await deployedBench();
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    const { built, release: id } = await bench.publish();
    expect(built).toEqual(['image script']);
    expect(bench.shown().join('\n')).toMatch(/image {8}script@\w{12} → script:\w+ \(to be built\)/);
    expect((await release())?.agents.script?.image).toMatch(/\/script@sha256:[0-9a-f]{64}$/);
    expect(id).toBe((await pointer()).release);
  });

  it('publishes nothing where an image cannot be built', async () => {
    bench = await deployedBench();
    const before = await pointer();
    bench.google.ending = 'FAILURE';
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    await expect(bench.publish()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    expect(await pointer()).toEqual(before);
  });

  it('gives a new agent its identity before the release names it, and takes none away', async () => {
    bench = await deployedBench();
    bench.write('agents/scout/SKILL.md', 'Look.');
    let isNamed: boolean | undefined;
    bench.google.onChange = () => undefined;
    const agree = async (): Promise<void> => {
      isNamed = (await release())?.agents.scout !== undefined;
    };
    await bench.publish({ agree });
    expect(isNamed).toBe(false);
    expect(
      bench.placed.filter((line) => line.startsWith('iam service-accounts create')),
    ).toContainEqual(expect.stringContaining('scout'));
    expect(bench.placed.join('\n')).not.toMatch(/\b(delete|remove)\b/);
    expect((await release())?.agents.scout).toBeDefined();
  });

  it('asks for no identities where no agent is new', async () => {
    bench = await deployedBench();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    await bench.publish();
    expect(bench.placed).toEqual([]);
  });

  it('changes nothing where the answer is no', async () => {
    bench = await deployedBench();
    const before = await pointer();
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    const effects = [...bench.google.effects];
    const agree = async (): Promise<void> => {
      throw new Failure('NOT_CONFIRMED');
    };
    await expect(bench.publish({ agree })).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
    expect(await pointer()).toEqual(before);
    expect(bench.google.effects).toEqual(effects);
  });

  it('publishes nothing once somebody has interrupted it', async () => {
    bench = await deployedBench();
    const before = await pointer();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    const interruption = new AbortController();
    const agree = async (): Promise<void> => interruption.abort();
    await expect(bench.publish({ agree, signal: interruption.signal })).rejects.toThrow();
    expect(await pointer()).toEqual(before);
  });

  it('in a dry run asks nobody, changes nothing, and prints what it would do', async () => {
    bench = await deployedBench();
    const before = await pointer();
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    bench.write('agents/scout/SKILL.md', 'Look.');
    const effects = [...bench.google.effects];
    const done = await bench.publish({ isDryRun: true });
    expect(done).toMatchObject({
      release: null,
      isChange: true,
      built: [expect.stringMatching(/^image agent:/), 'image script'],
    });
    expect([bench.questions, bench.placed]).toEqual([[], []]);
    expect(await pointer()).toEqual(before);
    expect(bench.google.effects).toEqual(effects);
    const titles = bench.events.flatMap((event) => (event.kind === 'command' ? event.title : []));
    expect(titles).toContain('image script');
    expect(titles.at(-1)).toBe('release');
    expect(titles.join()).toContain('scout');
  });

  it('tells the second of two who publish at once who was faster, and leaves nothing of it behind', async () => {
    bench = await deployedBench();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    const refused = bench.publish({ agree: somebodyElse });
    await expect(refused).rejects.toMatchObject({
      code: 'RELEASE_MOVED',
      message: expect.stringMatching(
        /^Somebody else was faster: what is current is release \w{12}, /,
      ),
    });
    expect((await release())?.name).toBe('test');
    const releases = await bench.documents.query({ collection: 'releases', limit: 9 });
    expect(releases).toHaveLength(2);
  });

  it('is refused while a credential is missing in Secret Manager, before anything is asked or built', async () => {
    bench = await deployedBench();
    await bench.vanish('github_token:default');
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    await expect(bench.publish()).rejects.toMatchObject({
      code: 'CREDENTIALS_NOT_THERE',
      details: [expect.stringMatching(/^credential github_token:default: /)],
    });
    expect(bench.questions).toEqual([]);
  });

  it('is refused while the functions are of an older Drover', async () => {
    bench = await deployedBench();
    const tick = bench.google.services.get('drover-tick');
    if (tick) tick.format = '';
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    await expect(bench.publish()).rejects.toMatchObject({
      code: 'FUNCTIONS_TOO_OLD',
      message: expect.stringContaining('wrongly: tick.'),
    });
  });

  it('is refused over a release of a newer Drover, which it could not show the difference to', async () => {
    bench = await deployedBench();
    const path = `releases/${(await pointer()).release}`;
    await bench.documents.commit([{ op: 'update', path, fields: { format: 2, drover: '9.0.0' } }]);
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    await expect(bench.publish()).rejects.toMatchObject({
      code: 'RELEASE_UNREADABLE',
      message: expect.stringContaining('Drover 9.0.0 made it'),
    });
  });

  it('says that nothing was published before, and publishes', async () => {
    bench = await deployedBench();
    await bench.documents.commit([{ op: 'delete', path: 'project/current' }]);
    const { base } = await bench.publish();
    expect(base).toBeNull();
    expect(bench.shown()).toContain('compared with nothing: no project is published yet');
    expect(bench.shown()).toContain('+ agent courier');
  });

  it('shows no value of a variable', async () => {
    bench = await deployedBench();
    bench.write(
      'agents/courier/config.toml',
      `${sampleProject['agents/courier/config.toml']}[env]\nLEVEL = "hush-hush"\n`,
    );
    await bench.publish();
    expect(JSON.stringify(bench.events)).toContain('LEVEL');
    expect(JSON.stringify(bench.events)).not.toContain('hush-hush');
  });
});

describe('the release of a deployment', () => {
  it('names whoever deployed, and refuses to replace what somebody published meanwhile', async () => {
    bench = await deployedBench();
    bench.write('agents/thinker/SKILL.md', 'Think twice.');
    bench.write('agents/script/run.sh', '#!/bin/sh\necho changed\n');
    let isDone = false;
    const { secrets, versions } = bench;
    const documents = {
      ...bench.documents,
      commit: async (...args: Parameters<typeof bench.documents.commit>) => {
        if (!isDone) {
          isDone = true;
          await somebodyElse();
        }
        return bench.documents.commit(...args);
      },
    };
    await expect(bench.deploy({ ports: { documents, secrets, versions } })).rejects.toMatchObject({
      code: 'RELEASE_MOVED',
    });
    expect((await release())?.name).toBe('test');
  });
});
