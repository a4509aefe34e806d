import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Model, Project } from '../../shared/projects/project.ts';
import { repositoryRoot } from '../local/repository.ts';
import type { Place } from '../resources.ts';
import { contentHash, type Files, readFiles, type UploadedFile } from './content-hash.ts';

/** How the image of one or more agents is made. */
export interface Recipe {
  /** Agents whose containers run it. */
  agents: string[];
  /** `<region>-docker.pkg.dev/<project>/drover/<name>`. */
  image: string;
  /** Name in the repository. */
  name: string;
  /** Stands for everything that goes into it. */
  tag: string;
  /** What Cloud Build is given, by path. */
  files: Files;
  /** Arguments of `docker`, one call after the other; the last makes {@link image}. */
  builds: readonly (readonly string[])[];
}

/** npm packages of the coding agents. */
const harnessPackages: { readonly [harness: string]: string } = {
  claude: '@anthropic-ai/claude-code',
  codex: '@openai/codex',
  gemini: '@google/gemini-cli',
  pi: '@mariozechner/pi-coding-agent',
};

/** What an agent image is called while it is built: a Dockerfile of the project's or an agent's may begin with either. */
const built = ['agent', 'al-agent'] as const;

/** Files of an agent's own directory that go into its image without a Dockerfile saying so. */
const scripts = ['run.sh', 'test-script.sh'] as const;

/** Reaches agents by the release, not by the image. */
const configuration = ['SKILL.md', 'config.toml', 'drover.toml'];

/**
 * The images that a project's agents need: of each agent that names none (its `image` is empty). Agents that bring no files and
 * need the same coding agents share one.
 *
 * @param directory The project's.
 */
export function recipesOf(place: Place, { agents }: Project, directory: string): Recipe[] {
  const recipes = new Map<string, Recipe>();
  const base = readFiles(join(repositoryRoot(), 'infra/agent-image'), isLeftOut);
  for (const [agent, { image, models }] of Object.entries(agents)) {
    if (image !== '') continue;
    const recipe = recipeOf(place, { agent, models, directory, base });
    const known = recipes.get(`${recipe.name}:${recipe.tag}`);
    if (known) known.agents.push(agent);
    else recipes.set(`${recipe.name}:${recipe.tag}`, recipe);
  }
  return [...recipes.values()];
}

interface Ingredients {
  agent: string;
  models: readonly Model[];
  directory: string;
  base: Files;
}

function recipeOf(place: Place, { agent, models, directory, base }: Ingredients): Recipe {
  const files = new Map(under('agent-image', base));
  const packages = packagesOf(models);
  const builds = [
    ['build', ...tags(), '--build-arg', `HARNESSES=${packages.join(' ')}`, 'agent-image'],
  ];
  if (existsSync(join(directory, 'Dockerfile'))) {
    const isOther = (name: string): boolean => isLeftOut(name) || name === 'agents';
    for (const [path, file] of under('project', readFiles(directory, isOther))) {
      files.set(path, file);
    }
    builds.push(['build', ...tags(), 'project']);
  }
  const own = readFiles(join(directory, 'agents', agent), isLeftOut);
  if (own.has('Dockerfile')) {
    for (const [path, file] of under('own', own)) files.set(path, file);
    builds.push(['build', ...tags(), 'own']);
  }
  const copied = staticFiles(own, directory);
  if (copied.size > 0) {
    for (const [path, file] of under('static', copied)) files.set(path, file);
    files.set('static.Dockerfile', text(`FROM ${built[0]}\nCOPY static/ /app/static/\n`));
    builds.push(['build', ...tags(), '-f', 'static.Dockerfile', '.']);
  }
  const isOwn = copied.size > 0 || own.has('Dockerfile');
  const name = isOwn ? agent : built[0];
  const image = `${place.region}-docker.pkg.dev/${place.project}/drover/${name}`;
  const tag = contentHash(files, JSON.stringify(builds));
  return {
    agents: [agent],
    image,
    name,
    tag,
    files,
    builds: [...builds, ['tag', built[0], `${image}:${tag}`]],
  };
}

/** What is copied to /app/static: the agent's script, and what all agents share. */
function staticFiles(own: Files, directory: string): Files {
  const files = new Map<string, UploadedFile>();
  for (const name of scripts) {
    const file = own.get(name);
    if (file) files.set(name, { ...file, executable: true });
  }
  const shared = join(directory, 'shared');
  if (existsSync(shared)) {
    for (const [path, file] of under('shared', readFiles(shared, isLeftOut))) files.set(path, file);
  }
  return files;
}

/** The packages of the coding agents that the models are worked with, as the image's entry point chooses them. */
function packagesOf(models: readonly Model[]): string[] {
  const harnesses = models.map(({ harness, provider, model }) => harness ?? made(provider, model));
  return [...new Set(harnesses.flatMap((harness) => harnessPackages[harness] ?? []))].sort();
}

function made(provider: string, model: string): string {
  if (provider === 'anthropic') return 'claude';
  if (provider === 'google') return 'gemini';
  if (provider === 'openai') return 'codex';
  if (provider === 'vertex') return model.startsWith('claude') ? 'claude' : 'gemini';
  return 'pi';
}

function tags(): string[] {
  return built.flatMap((name) => ['-t', name]);
}

/** Nothing hidden is ever uploaded, and no credential. */
function isLeftOut(name: string): boolean {
  return (
    name.startsWith('.') ||
    name === 'node_modules' ||
    /^credentials(\.|$)/.test(name) ||
    configuration.includes(name)
  );
}

function under(directory: string, files: Files): [string, UploadedFile][] {
  return [...files].map(([path, file]) => [`${directory}/${path}`, file]);
}

function text(content: string): UploadedFile {
  return { bytes: Buffer.from(content), executable: false };
}
