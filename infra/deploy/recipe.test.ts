import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readProject } from '../project-files.ts';
import { type Recipe, recipesOf } from './recipe.ts';
import { place, sampleProject } from './test-bench.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** The recipes of a sample project with these files besides, by name. */
function recipes(files: { readonly [path: string]: string } = {}): Map<string, Recipe> {
  const directory = mkdtempSync(join(tmpdir(), 'drover-recipe-'));
  directories.push(directory);
  for (const [path, text] of Object.entries({ ...sampleProject, ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const parsed = readProject(directory, () => '', { home: directory });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return new Map(
    recipesOf(place, parsed.project, directory).map((recipe) => [recipe.name, recipe]),
  );
}

const pathsOf = (recipe: Recipe | undefined): string[] =>
  [...(recipe?.files.keys() ?? [])].filter((path) => !path.startsWith('agent-image/'));

test('an agent with a script has an image of its own name, with the script in /app/static', () => {
  const script = recipes().get('script');
  expect(script?.agents).toEqual(['script']);
  expect(pathsOf(script)).toEqual(['static/run.sh', 'static.Dockerfile']);
  expect(script?.files.get('static/run.sh')?.executable).toBe(true);
});

test('agents that bring no files and need the same coding agents share an image', () => {
  const thinker = 'models = ["opus"]\n';
  const found = recipes({
    'agents/second/SKILL.md': 'Think too.',
    'agents/second/config.toml': thinker,
  });
  expect(found.get('agent')?.agents.toSorted()).toEqual(['second', 'thinker']);
  expect(found.get('agent')?.builds[0]?.args).toContain('HARNESSES=@anthropic-ai/claude-code');
});

test('an agent that names its image needs none', () => {
  expect([...recipes().values()].flatMap(({ agents }) => agents)).not.toContain('courier');
});

test('nothing hidden, no credential and no configuration is uploaded', () => {
  const found = recipes({
    Dockerfile: 'FROM agent\n',
    '.env': 'SECRET=1',
    'credentials.example/github_token/default/token': 'x',
    'credentials/github_token/default/token': 'x',
    'node_modules/a/index.js': '',
    'shared/notes.md': 'x',
    'shared/.git/config': 'x',
    'agents/script/Dockerfile': 'FROM agent\n',
    'agents/script/.secret': 'x',
    'agents/script/data.txt': 'x',
  });
  expect(pathsOf(found.get('script')).toSorted()).toEqual([
    'own/Dockerfile',
    'own/data.txt',
    'own/run.sh',
    'project/Dockerfile',
    'project/shared/notes.md',
    'static.Dockerfile',
    'static/run.sh',
    'static/shared/notes.md',
  ]);
});

test('layers are built in the order of agent image, project, agent, static files', () => {
  const found = recipes({
    Dockerfile: 'FROM agent\n',
    'agents/script/Dockerfile': 'FROM agent\n',
  });
  const { builds = [], image, tag } = found.get('script') ?? {};
  expect(builds.map(({ args }) => args.at(-1))).toEqual([
    'agent-image',
    'project',
    'own',
    '.',
    `${image}:${tag}`,
  ]);
});

test('the tag changes with each file that goes into the image, and with nothing else', () => {
  const tag = recipes().get('script')?.tag;
  expect(recipes({ 'agents/script/SKILL.md': 'Run faster.' }).get('script')?.tag).toBe(tag);
  expect(recipes({ 'agents/script/run.sh': '#!/bin/sh\n' }).get('script')?.tag).not.toBe(tag);
  expect(recipes({ 'shared/notes.md': 'x' }).get('script')?.tag).not.toBe(tag);
  expect(recipes({ Dockerfile: 'FROM agent\n' }).get('script')?.tag).not.toBe(tag);
});

test('agents that only have the files of the project share an image', () => {
  const found = recipes({ 'shared/notes.md': 'x', 'agents/second/SKILL.md': 'Think too.' });
  expect([...found.keys()].toSorted()).toEqual(['agent', 'script']);
  expect(pathsOf(found.get('agent'))).toEqual(['static/shared/notes.md', 'static.Dockerfile']);
});

test('the directory static/ of an agent lies in /app/static, the script beside it', () => {
  const script = recipes({
    'agents/script/static/data/table.csv': '1',
    'agents/script/static/run.sh': 'another',
    'agents/script/static/SKILL.md': 'of the work, not of the agent',
  }).get('script');
  expect(pathsOf(script)).toEqual([
    'static/SKILL.md',
    'static/data/table.csv',
    'static/run.sh',
    'static.Dockerfile',
  ]);
  expect(Buffer.from(script?.files.get('static/run.sh')?.bytes ?? []).toString()).toContain('done');
});

test('what is left out of the directory of a project or an agent is in its subdirectories', () => {
  const found = recipes({
    Dockerfile: 'FROM agent\n',
    'src/agents/base.py': 'x',
    'shared/skills/review/SKILL.md': 'x',
    'shared/config.toml': 'x',
    'agents/script/Dockerfile': 'FROM agent\n',
    'agents/script/etc/config.toml': 'x',
  });
  expect(pathsOf(found.get('script'))).toEqual(
    expect.arrayContaining([
      'project/src/agents/base.py',
      'project/shared/skills/review/SKILL.md',
      'static/shared/skills/review/SKILL.md',
      'static/shared/config.toml',
      'own/etc/config.toml',
    ]),
  );
});

test('a Dockerfile is not changed, whatever stages and bases it has, and its .dockerignore goes with it', () => {
  const stages =
    '# syntax=docker/dockerfile:1\nFROM golang:1.25 AS build\nRUN go build\nFROM al-agent:latest\nCOPY --from=build /go/bin/tool /usr/bin/\n';
  const script = recipes({
    'agents/script/Dockerfile': stages,
    'agents/script/.dockerignore': '*.md\n',
  }).get('script');
  expect(Buffer.from(script?.files.get('own/Dockerfile')?.bytes ?? []).toString()).toBe(stages);
  expect(pathsOf(script)).toContain('own/.dockerignore');
  const base = script?.builds[0]?.args ?? [];
  expect(base.join(' ')).toContain('-t agent -t al-agent ');
});

test('a project in which every agent names its image reads no file', () => {
  const image = 'image = "example.com/x:1"\n';
  const found = recipes({
    'agents/script/config.toml': image,
    'agents/thinker/config.toml': image,
    'shared/notes.md': 'x',
  });
  expect(found.size).toBe(0);
});

test('what is not uploaded because it may be a credential is known by its path', () => {
  const found = recipes({
    'shared/credentials.md': 'How to ask for one.',
    'agents/script/credentials.json': '{}',
    'agents/thinker/lib/credentials/key': 'x',
    'shared/notes.md': 'x',
    '.env': 'x',
  });
  expect(found.get('script')?.leftOut).toEqual([
    'agents/script/credentials.json',
    'shared/credentials.md',
  ]);
  expect(found.get('agent')?.leftOut).toEqual([
    'agents/thinker/lib/credentials',
    'shared/credentials.md',
  ]);
});
