import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestBench, testBench } from '../deploy/test-bench.ts';
import { type BuildOptions, buildImages } from './build-images.ts';

let bench: TestBench;
beforeEach(() => {
  bench = testBench();
});
afterEach(() => bench.close());

function build(options: Partial<BuildOptions> = {}) {
  const usual = { clock: bench.clock, isAlive: () => true, isDryRun: false, agents: [] };
  return buildImages(bench.context(), { ...usual, ...options });
}

test('it builds what the agents need and publishes nothing', async () => {
  const images = await build();
  expect(images.map(({ agents, wasThere }) => ({ agents, wasThere }))).toEqual([
    { agents: ['script'], wasThere: false },
    { agents: ['thinker'], wasThere: false },
  ]);
  for (const { digest } of images) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await bench.documents.get('project/current')).toBeUndefined();
});

test('what is built is not built again, by it or by a deployment', async () => {
  await build();
  expect((await build()).map(({ wasThere }) => wasThere)).toEqual([true, true]);
  expect(bench.google.builds).toHaveLength(2);
  await bench.deploy();
  expect(bench.google.builds).toHaveLength(2);
});

test('it builds for the agents that are named and for no others', async () => {
  expect((await build({ agents: ['script'] })).map(({ agents }) => agents)).toEqual([['script']]);
  expect(await build({ agents: ['courier'] })).toEqual([]);
  expect(bench.google.builds).toHaveLength(1);
});

test('an agent that is not there is refused before anything is built', async () => {
  await expect(build({ agents: ['script', 'nobody'] })).rejects.toMatchObject({
    code: 'WRONG_COMMAND_LINE',
    message: 'There is no agent nobody in this project.',
    todo: 'Name one of courier, script, thinker.',
  });
  expect(bench.google.effects).toEqual([]);
});

test('the log of each build is told under the title of its image', async () => {
  await build();
  const lines = bench.events.flatMap((event) => (event.kind === 'log' ? [event] : []));
  expect(lines).toContainEqual({
    kind: 'log',
    title: 'image script',
    line: 'Step #0 - "base": Successfully built',
  });
});

test('two images of one name are told apart', async () => {
  bench.write('agents/second/SKILL.md', 'Do.');
  bench.write('agents/second/config.toml', '');
  await build();
  const titles = bench.events.flatMap((event) => (event.kind === 'step' ? [event.title] : []));
  const shared = [...new Set(titles)].filter((title) => title.startsWith('image agent'));
  expect(shared).toEqual([
    expect.stringMatching(/^image agent:[0-9a-f]{12}$/),
    expect.stringMatching(/^image agent:[0-9a-f]{12}$/),
  ]);
});

test('after a build that failed, what was built stays, and the next call goes on from there', async () => {
  bench.google.ending = 'FAILURE';
  await expect(build()).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  bench.google.ending = 'SUCCESS';
  expect((await build()).every(({ digest }) => digest !== null)).toBe(true);
});

test('a build that was cut off is taken up by the next call', async () => {
  const interrupted = bench.google.api;
  bench.google.api = async (method, url, body) => {
    if (/\/builds\/b\d+$/.test(url)) throw new Error('killed');
    return interrupted(method, url, body);
  };
  await expect(build({ agents: ['script'] })).rejects.toThrow('killed');
  bench.google.api = interrupted;
  const [image] = await build({ agents: ['script'] });
  expect(image?.digest).toMatch(/^sha256:/);
  expect(bench.google.builds).toHaveLength(1);
});

test('a dry run builds nothing and shows the commands that are then given', async () => {
  const images = await build({ isDryRun: true });
  expect(images.map(({ digest }) => digest)).toEqual([null, null]);
  expect(bench.google.effects).toEqual([]);
  const shown = bench.events.flatMap((event) =>
    event.kind === 'command' && event.command.tool === 'gcloud'
      ? [event.command.args.join(' ')]
      : [],
  );
  await build();
  expect(bench.google.effects).toEqual(shown);
});
