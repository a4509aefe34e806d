import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { carryOut, reportingTo } from '../deploy/carry-out.ts';
import { type Digests, findDigests, imageLanes, imageSteps } from '../deploy/image-steps.ts';
import type { Recipe } from '../deploy/recipe.ts';
import { locked, type Working } from '../provision/provision.ts';

/** Where what an image is built from is put together, of a project in `directory`. */
export function scratchIn(directory: string): string {
  return join(directory, '.drover', 'build');
}

/**
 * Builds those of the images that are not in the repository, and then does `use` with the digests of all of them. Until that has ended
 * nobody else builds, deploys or removes images: what `use` names in a release is there when it is named.
 *
 * @throws Failure, GoogleRefusal
 */
export async function withBuiltImages<T>(
  context: Pick<Context, 'google' | 'print' | 'deployment' | 'directory'>,
  working: Working,
  recipes: readonly Recipe[],
  use: (digests: Digests) => Promise<T>,
): Promise<T> {
  const { google, deployment, directory } = context;
  const { clock, signal } = working;
  const results: T[] = [];
  await locked(context, working, async (lock) => {
    // Others may have built or removed some until the lock was free.
    const digests = await findDigests(google, deployment, recipes);
    const scratch = scratchIn(directory);
    const steps = imageSteps(google, deployment, recipes, { digests, scratch });
    await carryOut(google, [{ steps, lanes: imageLanes }], {
      clock,
      signal,
      before: () => lock.renew(),
      ...reportingTo(context),
    });
    results.push(await use(digests));
  });
  const [result] = results;
  return result as T;
}
