import { Failure } from '../cli/errors.ts';
import { isLabelled, rowsOf, textAt, valueAt } from '../deployment/kinds/found.ts';
import type { Deployment } from '../deployment/resource.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';
import { lastOf } from '../last-of.ts';

/** A function of ours that is deployed, wherever in the project that is. */
export interface DeployedFunction {
  /** `drover-control` */
  id: string;
  region: string;
  /** Its variables, as far as they are texts. */
  environment: unknown;
}

/**
 * The functions of all regions that carry our label. Regions that do not answer just now are left out by Google (Cloud Functions API
 * reference, `projects.locations.functions.list`).
 *
 * @throws GoogleRefusal
 */
export async function deployedFunctions(
  google: Google,
  { project }: Pick<Deployment, 'project'>,
): Promise<DeployedFunction[]> {
  const url = `https://cloudfunctions.googleapis.com/v2/projects/${project}/locations/-/functions?pageSize=1000`;
  const found: DeployedFunction[] = [];
  let page = '';
  try {
    do {
      const answer = await google.api('GET', `${url}${page && `&pageToken=${page}`}`);
      for (const row of rowsOf(answer, 'functions').filter(isLabelled)) {
        const name = textAt(row, 'name');
        found.push({
          id: lastOf(name),
          region: name.split('/')[3] ?? '',
          environment: valueAt(row, 'serviceConfig', 'environmentVariables'),
        });
      }
      page = encodeURIComponent(textAt(answer, 'nextPageToken'));
    } while (page !== '');
  } catch (error) {
    // A service that is off has nothing.
    if (!isRefusal(error, 'not_found') && !(isRefusal(error) && error.service)) throw error;
  }
  return found;
}

/** The other regions that have functions of ours, each once. */
export function otherRegions(
  functions: readonly DeployedFunction[],
  { region }: Pick<Deployment, 'region'>,
): string[] {
  const regions = functions.map((each) => each.region);
  return [...new Set(regions)].filter((each) => each !== region).sort();
}

/**
 * Refuses a second Drover beside one in another region: both would work on the same database, each with a tick of its own.
 *
 * @throws Failure `OTHER_REGION`
 */
export function refuseOtherRegions(
  functions: readonly DeployedFunction[],
  { project, region }: Pick<Deployment, 'project' | 'region'>,
): void {
  const [first, ...more] = otherRegions(functions, { region });
  if (first === undefined) return;
  throw new Failure(
    'OTHER_REGION',
    `Functions of Drover are in ${[first, ...more].join(' and ')}, and this is for ${region}: two of them would work on the one database of ${project}. Nothing was changed.`,
    {
      todo: `To stay there, take \`region = "${first}"\` in drover.toml, or --region ${first}. To move, run \`drover teardown --keep-data --region ${first}\` first: it keeps runs and credentials.`,
    },
  );
}
