import type { Context } from '../cli/context.ts';
import { Failure } from '../cli/errors.ts';
import { asTold } from '../deploy/carry-out.ts';
import { type Digests, findDigests, imageSteps } from '../deploy/image-steps.ts';
import { type Recipe, recipesOf } from '../deploy/recipe.ts';
import type { Working } from '../provision/provision.ts';
import { scratchIn, withBuiltImages } from './with-built-images.ts';

export interface BuildOptions extends Working {
  isDryRun: boolean;
  /** Whose images are built. Empty: of all agents that name none. */
  agents: readonly string[];
}

/** An image of the project. */
export interface BuiltImage {
  agents: readonly string[];
  /** `…/<name>:<tag>` */
  image: string;
  /** Null: it is not built, for this is a dry run. */
  digest: string | null;
  /** Whether it was there already. */
  wasThere: boolean;
}

/**
 * Builds the images that the project's agents need and that are not in the repository. Nothing is published: runs go on with the
 * images of the current release.
 *
 * @throws Failure, GoogleRefusal
 */
export async function buildImages(context: Context, options: BuildOptions): Promise<BuiltImage[]> {
  const { google, deployment, directory, print, isOffline } = context;
  const recipes = chosen(context, options.agents);
  try {
    const before: Digests = isOffline ? new Map() : await findDigests(google, deployment, recipes);
    const scratch = scratchIn(directory);
    const steps = imageSteps(google, deployment, recipes, { digests: before, scratch });
    if (options.isDryRun) {
      for (const { title, commands } of steps) {
        for (const command of commands) print({ kind: 'command', title, command });
      }
    }
    const isDone = options.isDryRun || steps.length === 0;
    const digests = isDone
      ? before
      : await withBuiltImages(context, options, recipes, async (built) => built);
    return recipes.map(({ agents, image, tag }) => ({
      agents,
      image: `${image}:${tag}`,
      digest: digests.get(`${image}:${tag}`) ?? null,
      wasThere: before.has(`${image}:${tag}`),
    }));
  } catch (error) {
    throw asTold(error);
  }
}

/** The recipes that these agents need. */
function chosen({ deployment, project, directory }: Context, names: readonly string[]): Recipe[] {
  if (!project) {
    throw new Failure(
      'WRONG_PROJECT_FILES',
      `${directory} has no project whose images could be built.`,
    );
  }
  const unknown = names.filter((name) => !Object.hasOwn(project.agents, name));
  if (unknown.length > 0) {
    const known = Object.keys(project.agents).sort().join(', ');
    throw new Failure(
      'WRONG_COMMAND_LINE',
      `There is no agent ${unknown.join(', ')} in this project.`,
      { todo: `Name one of ${known}.` },
    );
  }
  const recipes = recipesOf(deployment, project, directory);
  return names.length === 0
    ? recipes
    : recipes.filter(({ agents }) => agents.some((agent) => names.includes(agent)));
}
