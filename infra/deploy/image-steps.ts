import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Project } from '../../shared/projects/project.ts';
import type { Command } from '../deployment/kind.ts';
import { accountId, emailOf, repositoryId } from '../deployment/names.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
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

/** The builds of those that are not. What a build made is added to `digests`. */
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
      const command = buildCommand(place, recipe, directory);
      return {
        title: `image ${recipe.name}`,
        why: `Containers of ${recipe.agents.join(', ')} run it.`,
        commands: [command],
        run: async () => {
          stage(recipe, directory);
          try {
            await google.gcloud(command.args, { files: command.files ?? {} });
          } finally {
            rmSync(directory, { recursive: true, force: true });
          }
          const digest = await digestOf(google, place, recipe);
          if (digest === undefined) throw new Error(`${keyOf(recipe)} was built and is not there`);
          digests.set(keyOf(recipe), digest);
          return digest;
        },
      };
    });
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

/**
 * Builds an image as the builder of the deployment. What it is built from goes to gcloud's own bucket, `<project>_cloudbuild`; its
 * log goes to Cloud Logging, as it must for a builder that has no bucket.
 */
function buildCommand(
  place: Place,
  { builds, image, tag }: Recipe,
  directory: string,
): Extract<Command, { tool: 'gcloud' }> {
  const config = {
    steps: builds.map((args) => ({ name: 'gcr.io/cloud-builders/docker', args })),
    images: [`${image}:${tag}`],
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    timeout: '900s',
  };
  return {
    tool: 'gcloud',
    args: [
      'builds',
      'submit',
      directory,
      `--region=${place.region}`,
      `--service-account=projects/${place.project}/serviceAccounts/${emailOf(place, accountId('builder'))}`,
      '--suppress-logs',
    ],
    files: { config: JSON.stringify(config, undefined, 2) },
  };
}

function stage({ files }: Recipe, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const [path, { bytes, executable }] of files) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { mode: executable ? 0o755 : 0o644 });
  }
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
