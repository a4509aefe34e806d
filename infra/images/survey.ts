import type { Documents } from '../../shared/ports/index.ts';
import type { Context } from '../cli/context.ts';
import { asTold } from '../deploy/carry-out.ts';
import { type Recipe, recipesOf } from '../deploy/recipe.ts';
import { restDocuments } from '../rest/documents.ts';
import { needingDatabase } from '../rest/needing-database.ts';
import { findImages } from './find-images.ts';
import { type FoundUses, findUses } from './find-uses.ts';
import { type Judged, judgeImages } from './judge-images.ts';

type Surveying = Pick<Context, 'google' | 'deployment' | 'project' | 'directory'>;

export interface SurveyOptions {
  /** Newest of a name that are kept. */
  newest?: number | undefined;
  /** How many of the newest releases count. Undefined: all. */
  releases?: number | undefined;
  /** Firestore of the project. Default: by its REST API, as the user that gcloud is signed in as. */
  documents?: Documents | undefined;
}

/** What the repository has, who needs it, and what the files here need and it has not. */
export interface Survey {
  judged: Judged[];
  /** Images that the files on this machine need and that are not built. */
  missing: Recipe[];
}

/**
 * Looks at all images and at everybody who needs one. Changes nothing.
 *
 * @throws Failure, GoogleRefusal
 */
export async function surveyImages(
  { google, deployment, project, directory }: Surveying,
  { newest, releases: mostReleases, documents }: SurveyOptions = {},
): Promise<Survey> {
  // Images first: what is built and published meanwhile is not among them, and stays.
  const images = await findImages(google, deployment);
  const { uses, releases } = await usesIn(documents ?? restDocuments(google, deployment.project));
  const recipes = project ? recipesOf(deployment, project, directory) : [];
  const there = new Set(images.flatMap(({ name, tags }) => tags.map((tag) => `${name}:${tag}`)));
  const judged = judgeImages({
    images,
    uses,
    wanted: new Set(recipes.map(keyOf)),
    counted: mostReleases === undefined ? undefined : new Set(releases.slice(0, mostReleases)),
    ...(newest === undefined ? {} : { newest }),
  });
  return { judged, missing: recipes.filter((recipe) => !there.has(keyOf(recipe))) };
}

/** Where there is no database, nobody can say what is needed: nothing may be removed. */
async function usesIn(documents: Documents): Promise<FoundUses> {
  try {
    return await needingDatabase(() => findUses(documents));
  } catch (error) {
    throw asTold(error);
  }
}

function keyOf({ name, tag }: Recipe): string {
  return `${name}:${tag}`;
}
