import { Failure } from '../cli/errors.ts';
import { repositoryId } from '../deployment/names.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';

/** An image in the repository. */
export interface Image {
  /** Name in the repository: that of an agent, or `agent`. */
  name: string;
  /** `sha256:…` */
  digest: string;
  /** `<region>-docker.pkg.dev/<project>/drover/<name>@<digest>`: as a release names it. */
  uri: string;
  tags: readonly string[];
  /** Of its layers, compressed. Layers that it shares with others are in the repository once. */
  bytes: number;
  /** ISO time at which it came to the repository. */
  builtAt: string;
}

/** What Drover tags images with: a hash of all that goes into one. */
const ours = /^[0-9a-f]{12}$/;

/** Whether Drover built it for an agent: the repository has the functions' images too, and what people push. */
export function isBuiltHere({ tags }: Pick<Image, 'tags'>): boolean {
  return tags.length > 0 && tags.every((tag) => ours.test(tag));
}

/** Images a page (Artifact Registry API, `dockerImages.list`: at most 1,000). */
const pageSize = 500;

/**
 * Every image in the repository, by name, the newest of a name first.
 *
 * @throws Failure `NOT_PROVISIONED`, GoogleRefusal
 */
export async function findImages(
  google: Google,
  { project, region }: Pick<Place, 'project' | 'region'>,
): Promise<Image[]> {
  const url = `https://artifactregistry.googleapis.com/v1/projects/${project}/locations/${region}/repositories/${repositoryId}/dockerImages?pageSize=${pageSize}`;
  const images: Image[] = [];
  let token = '';
  do {
    const at = token === '' ? url : `${url}&pageToken=${encodeURIComponent(token)}`;
    const page = (await google.api('GET', at).catch(withoutRepository)) as Page | undefined;
    images.push(...(page?.dockerImages ?? []).flatMap((row) => imageOf(row) ?? []));
    token = page?.nextPageToken ?? '';
  } while (token !== '');
  return images.sort((one, other) =>
    one.name === other.name
      ? descending(one.builtAt, other.builtAt)
      : descending(other.name, one.name),
  );
}

interface Page {
  dockerImages?: Row[];
  nextPageToken?: string;
}

interface Row {
  uri?: string;
  tags?: string[];
  /** A 64-bit number: JSON has it as a text. */
  imageSizeBytes?: string;
  uploadTime?: string;
}

function imageOf({ uri = '', tags = [], imageSizeBytes, uploadTime = '' }: Row): Image | undefined {
  const [, name, digest] = /^[^/]+\/[^/]+\/[^/]+\/(.+)@(sha256:[0-9a-f]+)$/.exec(uri) ?? [];
  if (name === undefined || digest === undefined) return undefined;
  return {
    name: decodeURIComponent(name),
    digest,
    uri,
    tags: [...tags].sort(),
    bytes: Number(imageSizeBytes ?? 0),
    builtAt: uploadTime,
  };
}

function withoutRepository(error: unknown): never {
  if (!isRefusal(error, 'not_found') && !(isRefusal(error) && error.service)) throw error;
  throw new Failure('NOT_PROVISIONED', `There is no repository ${repositoryId} for images.`, {
    cause: error,
  });
}

function descending(one: string, other: string): number {
  return one < other ? 1 : one > other ? -1 : 0;
}
