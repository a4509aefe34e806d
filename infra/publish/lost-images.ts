import type { Project } from '../../shared/projects/project.ts';
import { repositoryId } from '../deployment/names.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { inLanes } from '../provision/lanes.ts';
import type { Place } from '../resources.ts';

/** Questions that are asked at a time. */
const questionsAtATime = 8;

/** An image that is not in the repository any more, and the agents that need it. */
export interface LostImage {
  /** `…/drover/<name>@sha256:…`. */
  image: string;
  agents: string[];
}

/**
 * Images of a release that Drover built and that are not in its repository any more. What stands elsewhere is not asked for: who
 * may pull it is not known here.
 */
export async function lostImages(
  google: Google,
  place: Place,
  { agents }: Project,
): Promise<LostImage[]> {
  const byImage = new Map<string, string[]>();
  for (const [agent, { image }] of Object.entries(agents)) {
    byImage.set(image, [...(byImage.get(image) ?? []), agent]);
  }
  const lost = await inLanes(questionsAtATime, [...byImage], async ([image, names]) => {
    const url = versionUrl(place, image);
    const isLost = url !== undefined && !(await isThere(google, url));
    return isLost ? [{ image, agents: names }] : [];
  });
  return lost.flat();
}

/**
 * Where Artifact Registry tells of an image of the repository that is named by digest; undefined: it is none
 * (Artifact Registry API, `projects.locations.repositories.packages.versions.get`).
 */
function versionUrl({ project, region }: Place, image: string): string | undefined {
  const ours = `${region}-docker.pkg.dev/${project}/${repositoryId}/`;
  const [name = '', digest = ''] = image.slice(ours.length).split('@');
  if (!image.startsWith(ours) || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const repository = `projects/${project}/locations/${region}/repositories/${repositoryId}`;
  return `https://artifactregistry.googleapis.com/v1/${repository}/packages/${encodeURIComponent(name)}/versions/${digest}`;
}

async function isThere(google: Google, url: string): Promise<boolean> {
  try {
    await google.api('GET', url);
    return true;
  } catch (error) {
    if (isRefusal(error, 'not_found')) return false;
    throw error;
  }
}
