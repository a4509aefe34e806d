import { kinds } from '../deployment/kinds/index.ts';
import { resourcesOf } from '../deployment/list.ts';
import { type Deployment, nameOf, type Resource } from '../deployment/resource.ts';
import type { Subject } from './kinds.ts';

/** A deployment with all of its resources, or with some of them, in the order of the list. */
export function subjectOf(
  deployment: Deployment,
  isMeant: (resource: Resource) => boolean = () => true,
): Subject {
  const all = resourcesOf(deployment);
  return { deployment, resources: all.filter(isMeant), wanted: new Set(all.map(nameOf)), kinds };
}
