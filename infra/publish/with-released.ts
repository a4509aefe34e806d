import { CloudError, type Documents } from '../../shared/ports/index.ts';
import { type Current, currentPath } from '../../shared/projects/release.ts';
import { readableRelease } from '../../shared/projects/release-format.ts';
import { agentIdentitiesOf } from '../deployment/agents.ts';
import type { AgentIdentity, Deployment } from '../deployment/resource.ts';
import { isRefusal } from '../gcloud/google.ts';

/** A deployment with all the identities that somebody needs. */
export interface Needed {
  deployment: Deployment;
  /** Whether they are all known; otherwise no identity may be removed. */
  isWhole: boolean;
}

/**
 * The deployment with the agents of the current release beside its own: until another is current, runs need their identities, and
 * what these may read, whatever the files say.
 */
export async function withReleased(
  documents: Pick<Documents, 'get'>,
  deployment: Deployment,
): Promise<Needed> {
  try {
    const current = await documents.get<Current>(currentPath);
    if (!current) return { deployment, isWhole: true };
    const id = current.data.release;
    const found = await documents.get(`releases/${id}`);
    const release = found && readableRelease(id, found.data);
    if (!release) return { deployment, isWhole: false };
    const agents = joined(deployment.agents, agentIdentitiesOf(release));
    return { deployment: { ...deployment, agents }, isWhole: true };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // Where there is no database of ours, nothing is published.
    const isOff = isRefusal(error.cause) && error.cause.service !== undefined;
    if (isOff || error.code === 'not_found') return { deployment, isWhole: true };
    if (error.code === 'permission_denied' || error.code === 'failed_precondition') {
      return { deployment, isWhole: false };
    }
    throw error.cause ?? error;
  }
}

/** Each agent once, with all that it may read by either list. */
function joined(own: readonly AgentIdentity[], others: readonly AgentIdentity[]): AgentIdentity[] {
  const all = new Map<string, AgentIdentity>();
  for (const { agent, homeSecrets } of [...own, ...others]) {
    const known = all.get(agent)?.homeSecrets ?? [];
    all.set(agent, { agent, homeSecrets: [...new Set([...known, ...homeSecrets])] });
  }
  return [...all.values()];
}
