import type { BoundTo, Deployment } from '../resource.ts';

/** A binding as it stands in a policy. */
export interface StoredBinding {
  on: BoundTo;
  /** As the list names it: the id of a role of ours, or `roles/…`. */
  role: string;
  /** As the policy names it. */
  fullRole: string;
  /** As the list names it: `sink:<id>` for the writer of a sink of ours. */
  member: string;
  /** As the policy names it. */
  who: string;
  condition: { title: string; expression: string; description?: string } | null;
  /** Whether it is one that Drover answers for: it is removed when nobody wants it. */
  isOurs: boolean;
}

/** What a binding is on, as its id has it: `project`, `queue/drover-poll`. */
export function targetName(on: BoundTo): string {
  return on.kind === 'project' ? 'project' : `${on.kind}/${on.id}`;
}

/** The id of a binding. */
export function bindingId(on: BoundTo, role: string, member: string): string {
  return `${role} on ${targetName(on)} for ${member}`;
}

/** The full name of a role: those of ours belong to the project. */
export function roleName({ project }: Deployment, role: string): string {
  return role.startsWith('roles/') ? role : `projects/${project}/roles/${role}`;
}

/** The reverse of {@link roleName}. */
export function shortRole({ project }: Deployment, fullRole: string): string {
  const prefix = `projects/${project}/roles/`;
  return fullRole.startsWith(prefix) ? fullRole.slice(prefix.length) : fullRole;
}
