import type { Documents } from '../../shared/ports/index.ts';
import type { Difference } from '../../shared/projects/difference.ts';
import type { Context } from '../cli/context.ts';
import { agentAccountId, emailOf } from '../deployment/names.ts';
import type { Resource } from '../deployment/resource.ts';
import { inventory } from '../provision/inventory.ts';
import { serviceOf } from '../provision/kinds.ts';
import { planOf } from '../provision/plan.ts';
import { provision, type Working } from '../provision/provision.ts';
import { subjectOf } from '../provision/subject.ts';
import { withReleased } from './with-released.ts';

/**
 * Gives the agents of the deployment their identities, before a release names them. It removes nothing: an agent that is gone may
 * come back with a rollback, and `drover deploy` removes its identity. Answers how many steps that took.
 *
 * @throws Failure, GoogleRefusal
 */
export async function placeIdentities(
  context: Context,
  documents: Pick<Documents, 'get'>,
  working: Working & { isDryRun: boolean },
): Promise<number> {
  const { deployment } = context;
  const ids = deployment.agents.map(({ agent }) => agentAccountId(agent));
  const members = new Set(ids.map((id) => `serviceAccount:${emailOf(deployment, id)}`));
  const services = new Set<unknown>([serviceOf['service-account'], serviceOf.binding]);
  const isTheirs = (resource: Resource): boolean => {
    if (resource.kind === 'api') return services.has(resource.id);
    if (resource.kind === 'service-account') return ids.includes(resource.id);
    if (resource.kind !== 'binding') return false;
    const { on, member } = resource;
    return (on.kind === 'service-account' && ids.includes(on.id)) || members.has(member);
  };
  // Until the release is another, an agent that is in both reads what either names.
  const { deployment: needed } = await withReleased(documents, deployment);
  const subject = subjectOf(needed, isTheirs);
  // Who may publish need not be allowed to make identities, as long as none is missing.
  const plan = planOf(subject, await inventory(context.google, subject));
  if (plan.conflicts.length === 0 && plan.steps.every(({ action }) => action === 'remove'))
    return 0;
  return (await provision(context, subject, { ...working, keepsOld: true })).steps;
}

/** Whether an agent may lack an identity, or the right to read what is mounted directly, once this is published. */
export function mayNeedIdentities({ agents: { added, changed } }: Difference): boolean {
  const isAboutCredentials = ({ changes }: (typeof changed)[number]): boolean =>
    changes.some(({ aspect }) => aspect === 'credentials');
  return added.length > 0 || changed.some(isAboutCredentials);
}
