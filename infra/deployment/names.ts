import { createHash } from 'node:crypto';
import type { FunctionName, Place } from '../resources.ts';

/** Longest id of a service account (IAM docs, "Create service accounts": 6 to 30 characters). */
const longestAccount = 30;

/** The service account of a function, or of one of those that call them. */
export function accountId(of: FunctionName | 'tasks' | 'scheduler' | 'pubsub'): string {
  return `drover-${of}`;
}

/** The service account of an agent. A name that is too long is cut, and told from others by a hash. */
export function agentAccountId(agent: string): string {
  const whole = `drover-a-${agent}`;
  if (whole.length <= longestAccount) return whole.replace(/-+$/, '');
  const hash = createHash('sha256').update(agent).digest('hex').slice(0, 6);
  return `${whole.slice(0, longestAccount - hash.length - 1)}-${hash}`;
}

export function emailOf({ project }: Pick<Place, 'project'>, id: string): string {
  return `${id}@${project}.iam.gserviceaccount.com`;
}

/** The address of a deployed function: known before it is deployed, and the audience of the tokens for it. */
export function functionUrl({ project, region }: Place, name: FunctionName): string {
  return `https://${region}-${project}.cloudfunctions.net/drover-${name}`;
}
