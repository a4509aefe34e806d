import type { Cloud } from '../../shared/projects/read-cloud.ts';
import type { Place } from '../resources.ts';
import type { Configuration } from './configuration-schema.ts';
import { isProjectId, isRegion } from './configuration-schema.ts';
import { Failure } from './errors.ts';
import type { GcloudSettings } from './gcloud-settings.ts';
import type { CommonOptions } from './session.ts';

/** The region where nobody names one: Google's own first in its lists. */
export const usualRegion = 'us-central1';

/** Where a place may be named, the first that names one first. */
export interface Namings {
  options: Pick<CommonOptions, 'project' | 'region'>;
  configuration: Configuration | undefined;
  /** `[cloud]` of the environment that the project is read for. */
  cloud: Cloud | null;
  settings: GcloudSettings;
}

/** Where Drover runs, and whether somebody has said so or it is the usual. Throws when no project is named, or what is named cannot be one. */
export function findPlace(namings: Namings): Place {
  const project = findProject(namings);
  if (project === undefined) throw new Failure('PROJECT_MISSING');
  const region = findRegion(namings) ?? usualRegion;
  return { project: checkedProject(project), region: checkedRegion(region) };
}

export function findProject({
  options,
  configuration,
  cloud,
  settings,
}: Namings): string | undefined {
  return options.project ?? configuration?.project ?? cloud?.project ?? settings.project;
}

export function findRegion({
  options,
  configuration,
  cloud,
  settings,
}: Namings): string | undefined {
  return options.region ?? configuration?.region ?? cloud?.region ?? settings.region;
}

/** The id as it is. Throws `PROJECT_NAME_WRONG`. */
export function checkedProject(id: string): string {
  if (isProjectId(id)) return id;
  throw new Failure(
    'PROJECT_NAME_WRONG',
    `${JSON.stringify(id)} cannot be the id of a Google Cloud project.`,
  );
}

/** The name as it is. Throws `REGION_WRONG`. */
export function checkedRegion(name: string): string {
  if (isRegion(name)) return name;
  throw new Failure('REGION_WRONG', `${JSON.stringify(name)} is no region of Google Cloud.`);
}
