import type { OwnCredentialTypes } from '../shared/credentials/types.ts';
import { addressType } from '../shared/notifications/topics.ts';
import type { Project } from '../shared/projects/project.ts';
import { providerOf } from '../shared/webhooks/providers.ts';

/** What opens the control API, and its field. */
export const controlKey = { reference: 'gateway_api_key:default', field: 'key' };

/** A key for looking, which opens it too where there is one. */
export const viewerKey = 'gateway_api_key:viewer';

/** Every credential that a project's agents need, and that the functions need for it, as `type:instance`. */
export function neededCredentials(project: Project): { agents: string[]; sources: string[] } {
  const sources = Object.values(project.sources).flatMap(({ type, secrets }) => {
    const secret = providerOf(type)?.secret;
    return secret ? secrets.map((instance) => `${secret.type}:${instance}`) : [];
  });
  if (project.notifications) sources.push(`${addressType}:${project.notifications.instance}`);
  const agents = Object.values(project.agents).flatMap((agent) => agent.credentials);
  return { agents: [...new Set(agents)], sources: [...new Set(sources)] };
}

/** The types of credentials that a project declares itself. */
export function ownCredentialTypes({ agents }: Project): OwnCredentialTypes {
  return Object.fromEntries(
    Object.values(agents).flatMap((agent) => Object.entries(agent.credentialTypes)),
  );
}
