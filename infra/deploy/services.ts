import { formatVariable, versionVariable } from '../deployment/version.ts';
import type { Google } from '../gcloud/google.ts';
import { isRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';
import { recordOf } from '../record-of.ts';
import { type FunctionName, functionNames, type Place } from '../resources.ts';

/** A deployed function, as the Cloud Run service that it is. */
export interface Service {
  name: FunctionName;
  /** What {@link versionVariable} says in the newest revision that can serve; undefined: it is not ours, or none can. */
  version: string | undefined;
  /** Up to which format it reads releases; undefined: its newest revision that can serve does not say. */
  format: number | undefined;
  /** The newest revision that can serve; undefined: none can. */
  latest: string | undefined;
  /** Who gets the traffic; together 100. */
  traffic: readonly Share[];
}

/** A part of a function's traffic. */
export interface Share {
  /** `LATEST`: whichever revision is the newest that can serve. */
  revision: string;
  percent: number;
}

/** A revision: one version of a function, made by one deployment. */
export interface Revision {
  name: string;
  /** ISO time. */
  createdAt: string;
  canServe: boolean;
}

/** The functions that are deployed, by name. Asks once. */
export async function findServices(
  google: Google,
  place: Place,
): Promise<Map<FunctionName, Service>> {
  const found = new Map<FunctionName, Service>();
  for (const service of await pages(google, `${runUrl(place)}/services`, 'services')) {
    const id = lastOf(service.name);
    const name = functionNames.find((each) => id === `drover-${each}`);
    if (name) found.set(name, read(name, service));
  }
  return found;
}

/** The revisions of a function, newest first. */
export async function findRevisions(
  google: Google,
  place: Place,
  name: FunctionName,
): Promise<Revision[]> {
  const url = `${runUrl(place)}/services/drover-${name}/revisions`;
  const found = (await pages(google, url, 'revisions')).map((revision): Revision => {
    const ready = list(revision.conditions).find(({ type }) => type === 'Ready');
    return {
      name: lastOf(revision.name),
      createdAt: String(revision.createTime ?? ''),
      canServe: ready === undefined || ready.state === 'CONDITION_SUCCEEDED',
    };
  });
  return found.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
}

function runUrl({ project, region }: Place): string {
  return `https://run.googleapis.com/v2/projects/${project}/locations/${region}`;
}

type Json = { readonly [field: string]: unknown };

/** All pages of a list. A service of Google's that is off has nothing. */
async function pages(google: Google, url: string, field: string): Promise<Json[]> {
  const found: Json[] = [];
  let token = '';
  do {
    const at = token === '' ? url : `${url}?pageToken=${encodeURIComponent(token)}`;
    const page = recordOf(await google.api('GET', at).catch(nothingWhenOff));
    found.push(...list(page[field]));
    token = typeof page.nextPageToken === 'string' ? page.nextPageToken : '';
  } while (token !== '');
  return found;
}

function nothingWhenOff(error: unknown): Json {
  const isOff = isRefusal(error) && error.service !== undefined;
  if (isOff || isRefusal(error, 'not_found')) return {};
  throw error;
}

function read(name: FunctionName, service: Json): Service {
  const latest = lastOf(service.latestReadyRevision);
  const containers = list(recordOf(service.template).containers);
  const variables = containers.flatMap(({ env }) => list(env));
  const named = (name: string) => variables.find((each) => each.name === name)?.value;
  const version = named(versionVariable);
  const format = Number(named(formatVariable));
  // The template is what was asked for last; only when that can serve does it say what does.
  const isServed = latest !== '' && latest === lastOf(service.latestCreatedRevision);
  const traffic = list(service.traffic).map(
    ({ revision, percent, type }): Share => ({
      revision: type === latestType ? 'LATEST' : lastOf(revision),
      percent: Number(percent ?? 0),
    }),
  );
  const shares = traffic.filter(({ percent }) => percent > 0);
  return {
    name,
    version: isServed && typeof version === 'string' ? version : undefined,
    format: isServed && Number.isInteger(format) ? format : undefined,
    latest: latest === '' ? undefined : latest,
    traffic: shares.length > 0 ? shares : [{ revision: 'LATEST', percent: 100 }],
  };
}

/** Of a share that goes to the newest revision (Cloud Run Admin API v2, `TrafficTargetAllocationType`). */
const latestType = 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST';

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
