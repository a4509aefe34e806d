import { serviceAccountEmail } from '../../shared/cloud/service-account.ts';
import type { FunctionName, Place } from '../resources.ts';

export { agentAccountId } from '../../shared/agents/account.ts';

/** The service account of a function, of one of those that call them, or of what builds them. */
export function accountId(of: FunctionName | 'tasks' | 'scheduler' | 'pubsub' | 'builder'): string {
  return `drover-${of}`;
}

export function emailOf({ project }: Pick<Place, 'project'>, id: string): string {
  return serviceAccountEmail(id, project);
}

/** The address of a deployed function: known before it is deployed, and the audience of the tokens for it. */
export function functionUrl({ project, region }: Place, name: FunctionName): string {
  return `https://${region}-${project}.cloudfunctions.net/drover-${name}`;
}

/** The id of a function's role. */
export function roleId(name: FunctionName): string {
  return `drover${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** The repository of all images: of agents, and of functions as they are built. */
export const repositoryId = 'drover';
