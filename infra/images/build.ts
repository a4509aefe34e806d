import { type Google, isRefusal } from '../gcloud/google.ts';
import type { Place } from '../resources.ts';

/** A build of Cloud Build, as far as it matters here. */
export interface Build {
  id: string;
  status: BuildStatus;
  /** Where a person reads its log. */
  logUrl: string;
  /** ISO time. */
  createdAt: string;
  /** What Cloud Build says of its end, where it says anything. */
  detail: string | undefined;
  /** Digests of the images that it has made, `sha256:…`, by their names with their tags. */
  digests: ReadonlyMap<string, string>;
}

/** States of a build (Cloud Build API, `Build.Status`). */
export type BuildStatus = (typeof open)[number] | 'SUCCESS' | (typeof failed)[number];

const open = ['PENDING', 'QUEUED', 'WORKING'] as const;
const failed = ['FAILURE', 'INTERNAL_ERROR', 'TIMEOUT', 'CANCELLED', 'EXPIRED'] as const;

/** Whether a build has not ended. A state that is new to us is one that it will leave. */
export function isUnderWay({ status }: Pick<Build, 'status'>): boolean {
  return status !== 'SUCCESS' && !failed.some((each) => each === status);
}

function buildsUrl({ project, region }: Place): string {
  return `https://cloudbuild.googleapis.com/v1/projects/${project}/locations/${region}/builds`;
}

export async function readBuild(google: Google, place: Place, id: string): Promise<Build> {
  return buildOf(await google.api('GET', `${buildsUrl(place)}/${id}`));
}

/** The build with this tag that is still under way: whoever began it did not see its end. Undefined: there is none. */
export async function findBuildUnderWay(
  google: Google,
  place: Place,
  tag: string,
): Promise<Build | undefined> {
  const filter = encodeURIComponent(`tags="${tag}"`);
  try {
    const found = await google.api('GET', `${buildsUrl(place)}?filter=${filter}&pageSize=20`);
    const { builds } = record(found);
    return (Array.isArray(builds) ? builds : []).map(buildOf).find(isUnderWay);
  } catch (error) {
    // Before anything was built there, and where the service is off.
    if (isRefusal(error, 'not_found') || (isRefusal(error) && error.service)) return undefined;
    throw error;
  }
}

export async function cancelBuild(google: Google, place: Place, id: string): Promise<void> {
  await google.api('POST', `${buildsUrl(place)}/${id}:cancel`, {});
}

/** A build, out of Cloud Build's JSON. */
export function buildOf(json: unknown): Build {
  const { id, status, logUrl, createTime, statusDetail, failureInfo, results } = record(json);
  if (typeof id !== 'string') throw new Error('Cloud Build has answered with no build');
  const { images } = record(results);
  return {
    id,
    status: text(status) as BuildStatus,
    logUrl: text(logUrl),
    createdAt: text(createTime),
    detail: text(record(failureInfo).detail) || text(statusDetail) || undefined,
    digests: new Map(
      (Array.isArray(images) ? images : [])
        .map(record)
        .map(({ name, digest }) => [text(name), text(digest)] as const),
    ),
  };
}

function record(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [field: string]: unknown })
    : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
