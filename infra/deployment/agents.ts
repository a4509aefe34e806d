import { homeSecretId } from '../../shared/credentials/home.ts';
import { parseReference } from '../../shared/credentials/reference.ts';
import type { Project } from '../../shared/projects/project.ts';
import type { AgentIdentity } from './resource.ts';

/** The identities that the agents of a project need, and the homes that those read who have credentials mounted directly (D4). */
export function agentIdentitiesOf({ agents }: Pick<Project, 'agents'>): AgentIdentity[] {
  return Object.entries(agents).map(([agent, { credentials, credentialsDelivery }]) => {
    const references = credentials.flatMap((text) => parseReference(text) ?? []);
    const homeSecrets = credentialsDelivery === 'direct' ? references.map(homeSecretId) : [];
    return { agent, homeSecrets };
  });
}
