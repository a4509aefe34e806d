import { emailOf } from '../../deployment/names.ts';
import type { Place } from '../../resources.ts';
import type { Need, Target } from './target.ts';

/** What Google says of a permission that is missing. Each service has its own words; those of Firestore name none, so it is added. */
export function refusalOf(method: string, { permission, on }: Need, place: Place): string {
  const resource = resourceName(on, place);
  const service = method.slice(0, method.indexOf('.'));
  if (service === 'Firestore')
    return `Missing or insufficient permissions. (${permission} on ${resource})`;
  if (service === 'CloudTasks')
    return `The principal (user or service account) lacks IAM permission "${permission}" for the resource "${resource}" (or the resource may not exist).`;
  if (permission === 'iam.serviceAccounts.actAs')
    return `Permission 'iam.serviceaccounts.actAs' denied on service account ${resource} (or it may not exist).`;
  const preposition = service === 'SecretManagerService' ? 'for' : 'on';
  const what = service === 'SecretManagerService' ? 'it' : 'resource';
  return `Permission '${permission}' denied ${preposition} resource '${resource}' (or ${what} may not exist).`;
}

/** The name of a resource as APIs give it. */
export function resourceName(target: Target, place: Place): string {
  const parent = `projects/${place.project}`;
  switch (target.kind) {
    case 'project':
      return parent;
    case 'secret': {
      const secret = `${parent}/secrets/${target.id}`;
      return 'version' in target ? `${secret}/versions/${target.version}` : secret;
    }
    case 'service-account':
      return target.id.includes('@') ? target.id : emailOf(place, target.id);
    case 'queue':
      return `${parent}/locations/${place.region}/queues/${target.id}`;
    case 'topic':
      return `${parent}/topics/${target.id}`;
    case 'subscription':
      return `${parent}/subscriptions/${target.id}`;
    case 'function':
      return `${parent}/locations/${place.region}/services/${target.id}`;
    case 'repository':
      return `${parent}/locations/${place.region}/repositories/${target.id}`;
  }
}
