import type { BoundTo } from '../../deployment/resource.ts';

/** What a permission is needed on. `id` is without parents, as in {@link BoundTo}; a secret, to which nothing of ours is bound by itself, and each version of it have names that conditions know. */
export type Target =
  | BoundTo
  | { kind: 'secret'; id: string }
  | { kind: 'secret'; id: string; version: string };

/** A permission that a call needs, and on what. */
export interface Need {
  permission: string;
  on: Target;
}

export const project: Target = { kind: 'project' };

/** A service account by its e-mail address; one of another project keeps the whole address, which no binding of ours names. */
export function accountTarget(email: string, projectId: string): Target {
  const [id = '', domain] = email.split('@');
  const isOurs = domain === `${projectId}.iam.gserviceaccount.com`;
  return { kind: 'service-account', id: isOurs ? id : email };
}

/** The name by which conditions know it: with the project's number, as `resource.name` has it (IAM docs, "Resource attributes for conditions"). */
export function conditionName(target: Target, projectNumber: string): string {
  if (target.kind === 'project') return `projects/${projectNumber}`;
  if (target.kind !== 'secret') return '';
  const secret = `projects/${projectNumber}/secrets/${target.id}`;
  return 'version' in target ? `${secret}/versions/${target.version}` : secret;
}
