import { nearest } from '../../shared/projects/nearest.ts';
import { Failure } from '../cli/errors.ts';
import type { Deployment } from '../deployment/resource.ts';
import { type Google, isRefusal } from '../gcloud/google.ts';

/**
 * Looks whether functions can be deployed in the region. Google can be asked only once the service is enabled.
 *
 * @throws Failure `REGION_WRONG`
 */
export async function checkRegion(
  google: Google,
  { region }: Pick<Deployment, 'region'>,
): Promise<void> {
  const regions = await regionsOf(google);
  if (regions.length === 0 || regions.includes(region)) return;
  const meant = nearest(region, regions);
  throw new Failure(
    'REGION_WRONG',
    `There is no region ${region} for functions${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    { details: [`Regions: ${[...regions].sort().join(', ')}`] },
  );
}

async function regionsOf(google: Google): Promise<string[]> {
  try {
    const answer = await google.gcloud(['functions', 'regions', 'list']);
    const rows = Array.isArray(answer) ? (answer as { name?: string; locationId?: string }[]) : [];
    return rows.flatMap(({ name, locationId }) => locationId ?? name?.split('/').at(-1) ?? []);
  } catch (error) {
    // The steps that need the region will say more.
    if (isRefusal(error, 'permission_denied', 'not_found') || (isRefusal(error) && error.service)) {
      return [];
    }
    throw error;
  }
}
