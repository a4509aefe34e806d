import type { Binding, BoundTo, Deployment, Resource } from '../../deployment/resource.ts';
import { readCondition } from './condition.ts';
import { conditionName, type Target } from './target.ts';

/** One permission that one member has on one thing, and what lies in it. */
export interface Grant {
  member: string;
  permission: string;
  on: BoundTo;
  /** Why the list has the binding. */
  why: string;
  condition: string | null;
}

/** Who may do what. */
export interface Policy {
  /** Sorted as the list has them. */
  grants: readonly Grant[];
  allows(member: string, permission: string, target: Target): boolean;
}

/**
 * What Google's own roles allow of what is asked about here (IAM docs, "IAM roles and permissions index"). Others are for those
 * who build and deploy, which nobody does here.
 */
const googleRoles: { readonly [role: string]: readonly string[] } = {
  'roles/run.invoker': ['run.routes.invoke'],
  'roles/run.servicesInvoker': ['run.routes.invoke'],
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/pubsub.subscriber': ['pubsub.subscriptions.consume'],
};

/** Every permission that the bindings among `resources` give. Throws on a role of ours that is not among them. */
export function grantsOf(resources: readonly Resource[]): Grant[] {
  const roles = new Map<string, readonly string[]>(Object.entries(googleRoles));
  for (const resource of resources) {
    if (resource.kind === 'role') roles.set(resource.id, resource.permissions);
  }
  const bindings = resources.filter((one): one is Binding => one.kind === 'binding');
  return bindings.flatMap(({ on, role, member, condition, why }) => {
    const permissions = roles.get(role);
    if (!permissions && !role.startsWith('roles/')) throw new Error(`there is no role ${role}`);
    return (permissions ?? []).map((permission) => ({
      member,
      permission,
      on,
      why,
      condition: condition?.expression ?? null,
    }));
  });
}

/** A policy of these grants, in which a grant on the project covers everything of it. */
export function policyOf(
  { projectNumber }: Pick<Deployment, 'projectNumber'>,
  grants: readonly Grant[],
): Policy {
  const rules = new Map<string, ((target: Target) => boolean)[]>();
  for (const grant of grants) {
    const key = `${grant.member} ${grant.permission}`;
    const holds = grant.condition === null ? undefined : readCondition(grant.condition);
    const rule = (target: Target): boolean =>
      covers(grant.on, target) && (holds?.(conditionName(target, projectNumber)) ?? true);
    rules.set(key, [...(rules.get(key) ?? []), rule]);
  }
  return {
    grants,
    allows: (member, permission, target) => {
      // What everybody may do, each may do.
      const own = rules.get(`${member} ${permission}`) ?? [];
      const everybody = rules.get(`allUsers ${permission}`) ?? [];
      return [...own, ...everybody].some((rule) => rule(target));
    },
  };
}

function covers(on: BoundTo, target: Target): boolean {
  if (on.kind === 'project') return true;
  return target.kind === on.kind && 'id' in target && target.id === on.id;
}
