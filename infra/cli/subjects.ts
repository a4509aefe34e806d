import { resourcesOf } from '../deployment/list.ts';
import {
  type Deployment,
  nameOf,
  type Resource,
  type ResourceName,
} from '../deployment/resource.ts';
import type { Subject } from '../provision/kinds.ts';
import { subjectOf } from '../provision/subject.ts';

/** What can be made before anything is deployed: the place for it. */
export function beforeDeploy(deployment: Deployment): Subject {
  const late = lateOnes(resourcesOf(deployment));
  return subjectOf(deployment, (resource) => !late.has(nameOf(resource)));
}

/**
 * Everything but the functions, once they are there: who may call them, and what calls them. Where nothing can be asked, what was
 * provisioned is taken to be there.
 */
export function afterDeploy(deployment: Deployment, isOffline: boolean): Subject {
  const late = lateOnes(resourcesOf(deployment));
  return subjectOf(
    deployment,
    (resource) => resource.kind !== 'function' && (!isOffline || late.has(nameOf(resource))),
  );
}

/** Functions, and what needs one. The list has what is needed first. */
function lateOnes(resources: readonly Resource[]): Set<ResourceName> {
  const late = new Set<ResourceName>();
  for (const resource of resources) {
    const needsLate = resource.needs.some((need) => late.has(need));
    if (resource.kind === 'function' || needsLate) late.add(nameOf(resource));
  }
  return late;
}
