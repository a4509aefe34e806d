import { addressType } from '../../shared/notifications/topics.ts';
import type { Project } from '../../shared/projects/project.ts';
import { providerOf } from '../../shared/webhooks/providers.ts';
import { controlKey, viewerKey } from '../project-credentials.ts';
import { fingerprintKey } from './fingerprint.ts';

/** Who uses the credential `type:instance` in these projects, each once, in words: `agent dev`, `webhook code`. */
export function usersOf(
  projects: readonly Pick<Project, 'agents' | 'sources' | 'notifications'>[],
  credential: string,
): string[] {
  const agents = projects.flatMap((project) =>
    Object.entries(project.agents)
      .filter(([, { credentials }]) => credentials.includes(credential))
      .map(([agent]) => `agent ${agent}`),
  );
  const sources = projects.flatMap((project) =>
    Object.entries(project.sources)
      .filter(([, { type, secrets }]) => {
        const secret = providerOf(type)?.secret;
        return secrets.some((instance) => `${secret?.type}:${instance}` === credential);
      })
      .map(([source]) => `webhook ${source}`),
  );
  const own: string[] = [];
  const isAddress = projects.some(
    ({ notifications }) => `${addressType}:${notifications?.instance}` === credential,
  );
  if (isAddress) own.push('the notifications');
  if (credential === controlKey.reference || credential === viewerKey) own.push('the control API');
  if (credential === `${fingerprintKey.type}:${fingerprintKey.instance}`) {
    own.push('the fingerprints of credentials');
  }
  return [...new Set([...agents, ...sources, ...own])];
}
