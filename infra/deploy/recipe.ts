import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Model, Project } from '../../shared/projects/project.ts';
import { repositoryId } from '../deployment/names.ts';
import { readFiles } from '../images/read-files.ts';
import { repositoryRoot } from '../local/repository.ts';
import type { Place } from '../resources.ts';
import { contentHash, type Files, type UploadedFile } from './content-hash.ts';

/** One call of `docker` of those that make an image. */
export interface Layer {
  /** What it does, in a word: it stands before its lines in the log. */
  id: 'base' | 'project' | 'own' | 'static' | 'tag';
  /** Arguments of `docker`. */
  args: readonly string[];
}

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
  /** One after the other; the last makes {@link image}. */
  builds: readonly Layer[];
  /** Files, from the project's directory, that are not uploaded because their names are those of credentials. */
  leftOut: readonly string[];
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

/** In the directory of a project and of an agent: reach agents by the release, not by the image. */
const configuration = ['SKILL.md', 'config.toml', 'drover.toml'];

/**
 * The images that a project's agents need: of each agent that names none (its `image` is empty). Agents that bring no files of their
 * own and need the same coding agents share one.
 *
 * @param directory The project's.
 * @throws Failure `WRONG_PROJECT_FILES`: a file cannot be read, or there are too many bytes.
 */
export function recipesOf(place: Place, { agents }: Project, directory: string): Recipe[] {
  const recipes = new Map<string, Recipe>();
  const needing = Object.entries(agents).filter(([, { image }]) => image === '');
  if (needing.length === 0) return [];
  const reader = (): Reader => readerIn(directory);
  const [ofProject, ofShared] = [reader(), reader()];
  const common = {
    base: under('agent-image', readFiles(join(repositoryRoot(), 'infra/agent-image'), isSecret)),
    project: existsSync(join(directory, 'Dockerfile'))
      ? under('project', ofProject.read('', isNotOfProject))
      : undefined,
    shared: existsSync(join(directory, 'shared'))
      ? under('shared', ofShared.read('shared', isSecret))
      : [],
  };
  for (const [agent, { models }] of needing) {
    const ofAgent = reader();
    const own = ofAgent.read(`agents/${agent}`, isNotOfAgent);
    const readers = [ofProject, ofShared, ofAgent];
    const leftOut = [...new Set(readers.flatMap((each) => each.leftOut))].sort();
    const recipe = { ...recipeOf(place, { agent, models, own, ...common }), leftOut };
    const known = recipes.get(`${recipe.name}:${recipe.tag}`);
    if (known) known.agents.push(agent);
    else recipes.set(`${recipe.name}:${recipe.tag}`, recipe);
  }
  return [...recipes.values()];
}

/** Reads directories of a project, and remembers which credentials it has passed over. */
interface Reader {
  read(path: string, isLeftOut: (path: string) => boolean): Files;
  leftOut: string[];
}

function readerIn(directory: string): Reader {
  const leftOut: string[] = [];
  return {
    leftOut,
    read: (path, isLeftOut) =>
      readFiles(join(directory, path), (found) => {
        if (isCredential(found)) leftOut.push(path === '' ? found : `${path}/${found}`);
        return isLeftOut(found);
      }),
  };
}

type Placed = readonly (readonly [path: string, file: UploadedFile])[];

interface Ingredients {
  agent: string;
  models: readonly Model[];
  own: Files;
  base: Placed;
  /** Undefined: the project has no Dockerfile. */
  project: Placed | undefined;
  shared: Placed;
}

function recipeOf(place: Place, ingredients: Ingredients): Omit<Recipe, 'leftOut'> {
  const { agent, models, own, base, project, shared } = ingredients;
  const files = new Map(base);
  const put = (placed: Placed): void => {
    for (const [path, file] of placed) files.set(path, file);
  };
  const harnesses = `HARNESSES=${packagesOf(models).join(' ')}`;
  const builds: Layer[] = [
    { id: 'base', args: ['build', ...tags(), '--build-arg', harnesses, 'agent-image'] },
  ];
  if (project) {
    put(project);
    builds.push({ id: 'project', args: ['build', ...tags(), 'project'] });
  }
  if (own.has('Dockerfile')) {
    put(under('own', own));
    builds.push({ id: 'own', args: ['build', ...tags(), 'own'] });
  }
  const brought = staticFiles(own);
  const copied = [...shared, ...brought];
  if (copied.length > 0) {
    put(copied.map(([path, file]) => [`static/${path}`, file]));
    files.set('static.Dockerfile', text(`FROM ${built[0]}\nCOPY static/ /app/static/\n`));
    builds.push({ id: 'static', args: ['build', ...tags(), '-f', 'static.Dockerfile', '.'] });
  }
  const isOwn = brought.length > 0 || own.has('Dockerfile');
  const name = isOwn ? agent : built[0];
  const image = `${place.region}-docker.pkg.dev/${place.project}/${repositoryId}/${name}`;
  const tag = contentHash(files, JSON.stringify(builds));
  builds.push({ id: 'tag', args: ['tag', built[0], `${image}:${tag}`] });
  return { agents: [agent], image, name, tag, files, builds };
}

/** What an agent brings for /app/static without a Dockerfile saying so: its directory `static/`, and its script. */
function staticFiles(own: Files): Placed {
  const beginning = 'static/';
  const placed = [...own].filter(([path]) => path.startsWith(beginning));
  const named = scripts.flatMap((name) => {
    const file = own.get(name);
    return file ? [[name, { ...file, executable: true }] as const] : [];
  });
  return [...placed.map(([path, file]) => [path.slice(beginning.length), file] as const), ...named];
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

/** Nothing hidden is ever uploaded, and no credential, wherever it is. */
function isSecret(path: string): boolean {
  const name = nameIn(path);
  return name.startsWith('.') || name === 'node_modules' || isCredential(path);
}

function isCredential(path: string): boolean {
  return /^credentials(\.|$)/.test(nameIn(path));
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isNotOfProject(path: string): boolean {
  return path === 'agents' || isNotOfAgent(path);
}

/** What says which files a Dockerfile is not to see goes with it. */
function isNotOfAgent(path: string): boolean {
  if (path === '.dockerignore') return false;
  return isSecret(path) || configuration.includes(path);
}

function under(directory: string, files: Files): Placed {
  return [...files].map(([path, file]) => [`${directory}/${path}`, file]);
}

function text(content: string): UploadedFile {
  return { bytes: Buffer.from(content), executable: false };
}
