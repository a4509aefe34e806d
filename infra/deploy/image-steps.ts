import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../shared/projects/project.ts';
import type { Command } from '../deployment/kind.ts';
import { accountId, emailOf, repositoryId } from '../deployment/names.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { runBuild } from '../images/run-build.ts';
import { stageFiles } from '../images/stage-files.ts';
import { inLanes } from '../provision/lanes.ts';
import type { Place } from '../resources.ts';
import type { Recipe } from './recipe.ts';
import type { Step } from './step.ts';

/** Most images under way: each is a build of Cloud Build. */
export const imageLanes = 3;
const lookLanes = 8;

/** Digests of images that are in the repository, `sha256:…`, by `<image>:<tag>`. */
export type Digests = Map<string, string>;

/** Looks up which of the images are built already. */
export async function findDigests(
  google: Google,
  place: Place,
  recipes: readonly Recipe[],
): Promise<Digests> {
  const found = await inLanes(lookLanes, recipes, async (recipe) => {
    const digest = await digestOf(google, place, recipe);
    return digest === undefined ? [] : [[keyOf(recipe), digest] as const];
  });
  return new Map(found.flat());
}

/** The builds of those that are not. The digest of what a build made is added to `digests`. */
export function imageSteps(
  google: Google,
  place: Place,
  recipes: readonly Recipe[],
  { digests, scratch }: { digests: Digests; scratch: string },
): Step[] {
  return recipes
    .filter((recipe) => !digests.has(keyOf(recipe)))
    .map((recipe) => {
      const directory = join(scratch, `${recipe.name}-${recipe.tag}`);
      const submit = buildCommand(place, recipe, directory);
      const title = titleOf(recipe, recipes);
      return {
        title,
        why: `Containers of ${recipe.agents.join(', ')} run it.`,
        commands: [submit],
        run: async (watching) => {
          for (const path of recipe.leftOut) {
            watching.onLine(`not uploaded, for its name is that of credentials: ${path}`);
          }
          stageFiles(recipe.files, directory);
          try {
            const tag = buildTag(recipe);
            const build = await runBuild(google, place, { title, submit, tag }, watching);
            const digest = build.digests.get(keyOf(recipe)) ?? '';
            if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
              throw new Error(`the build ${build.id} has not made ${keyOf(recipe)}`);
            }
            digests.set(keyOf(recipe), digest);
            return digest;
          } finally {
            rmSync(directory, { recursive: true, force: true });
          }
        },
      };
    });
}

/** What the step of an image is called: several of one name are told apart by their tags. */
function titleOf({ name, tag }: Recipe, all: readonly Recipe[]): string {
  const isAlone = all.filter((each) => each.name === name).length === 1;
  return isAlone ? `image ${name}` : `image ${name}:${tag}`;
}

/** The project with each image by its digest. Undefined: one of them is not built yet. */
export function withImages(
  project: Project,
  recipes: readonly Recipe[],
  digests: Digests,
): Project | undefined {
  const images = new Map<string, string>();
  for (const recipe of recipes) {
    const digest = digests.get(keyOf(recipe));
    if (digest === undefined) return undefined;
    for (const agent of recipe.agents) images.set(agent, `${recipe.image}@${digest}`);
  }
  const agents = Object.entries(project.agents).map(([name, agent]) => [
    name,
    { ...agent, image: images.get(name) ?? agent.image },
  ]);
  return { ...project, agents: Object.fromEntries(agents) };
}

/** The time in seconds that a build may take. */
const buildSeconds = 900;

/** What tells a build from all others but those of the same contents. */
function buildTag({ name, tag }: Recipe): string {
  return `drover-${name}-${tag}`;
}

/**
 * Has an image built as the builder of the deployment. What it is built from goes to gcloud's own bucket, `<project>_cloudbuild`; its
 * log goes to Cloud Logging, as it must for a builder that has no bucket. gcloud shows no such log, and is not waited for.
 */
function buildCommand(
  place: Place,
  recipe: Recipe,
  directory: string,
): Extract<Command, { tool: 'gcloud' }> {
  const { builds, image, tag } = recipe;
  const config = {
    steps: builds.map(({ id, args }) => ({ id, name: 'gcr.io/cloud-builders/docker', args })),
    images: [`${image}:${tag}`],
    tags: [buildTag(recipe)],
    // Docker of that builder is of a version that has BuildKit, and does without it unless it is told otherwise.
    options: { logging: 'CLOUD_LOGGING_ONLY', env: ['DOCKER_BUILDKIT=1'] },
    timeout: `${buildSeconds}s`,
  };
  return {
    tool: 'gcloud',
    args: [
      'builds',
      'submit',
      directory,
      `--region=${place.region}`,
      `--service-account=projects/${place.project}/serviceAccounts/${emailOf(place, accountId('builder'))}`,
      '--async',
    ],
    files: { config: JSON.stringify(config, undefined, 2) },
  };
}

async function digestOf(
  google: Google,
  { project, region }: Place,
  { name, tag }: Recipe,
): Promise<string | undefined> {
  const repository = `projects/${project}/locations/${region}/repositories/${repositoryId}`;
  const url = `https://artifactregistry.googleapis.com/v1/${repository}/packages/${name}/tags/${tag}`;
  try {
    const found = await google.api('GET', url);
    const version = (found as { version?: unknown } | undefined)?.version;
    return typeof version === 'string' ? version.slice(version.lastIndexOf('/') + 1) : undefined;
  } catch (error) {
    if (isRefusal(error, 'not_found') || (isRefusal(error) && error.service !== undefined)) {
      return undefined;
    }
    throw error;
  }
}

function keyOf({ image, tag }: Recipe): string {
  return `${image}:${tag}`;
}
