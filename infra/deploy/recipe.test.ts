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
  expect(found.get('agent')?.builds[0]).toContain('HARNESSES=@anthropic-ai/claude-code');
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
  expect(builds.map((args) => args.at(-1))).toEqual([
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
