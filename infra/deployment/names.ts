import { serviceAccountEmail } from '../../shared/cloud/service-account.ts';
import { type FunctionName, functionNames, type Place } from '../resources.ts';
import { functionShapes } from './functions.ts';
import type { Deployment } from './resource.ts';

export { agentAccountId } from '../../shared/agents/account.ts';

/** Whom there is a service account for, beside the agents: functions, those that call them, and what builds them. */
const accounts = [...functionNames, 'tasks', 'scheduler', 'pubsub', 'builder'] as const;

export function accountId(of: (typeof accounts)[number]): string {
  return `drover-${of}`;
}

/** Whether a service account is one of ours, or of an agent that is gone. Others may be called after Drover: what deploys it from elsewhere. */
export function isOurAccount(id: string): boolean {
  return id.startsWith('drover-a-') || accounts.some((of) => accountId(of) === id);
}

export function emailOf({ project }: Pick<Place, 'project'>, id: string): string {
  return serviceAccountEmail(id, project);
}

/** The address of a function that anybody may call: known before it is deployed, and the audience of the tokens for it. */
export function functionUrl({ project, region }: Place, name: FunctionName): string {
  return `https://${region}-${project}.cloudfunctions.net/drover-${name}`;
}

/**
 * The address that a function is called at, which is the audience of the tokens for it. What only Google's services call is closed to
 * calls from elsewhere: they count as calls from inside the project at a service's own address only (Cloud Run docs, "Restrict
 * network ingress for Cloud Run"), and that is known before it is deployed, too (Cloud Run docs, "Deterministic URL").
 */
export function urlOf(deployment: Deployment, name: FunctionName): string {
  if (functionShapes[name].isPublic) return functionUrl(deployment, name);
  return `https://drover-${name}-${deployment.projectNumber}.${deployment.region}.run.app`;
}

/** The id of a function's role. */
export function roleId(name: FunctionName): string {
  return `drover${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** The repository of all images: of agents, and of functions as they are built. */
export const repositoryId = 'drover';
