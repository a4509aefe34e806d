import type { Command } from '../kind.ts';
import type { Deployment } from '../resource.ts';

export const deployment: Deployment = {
  project: 'acme-drover',
  region: 'europe-west1',
  projectNumber: '123456789012',
  agents: [
    { agent: 'triage', homeSecrets: [] },
    { agent: 'dev', homeSecrets: ['drover-cred-github_token-default'] },
  ],
  operators: ['octavia@acme.test', 'oscar@acme.test'],
  viewers: [],
};

/** A command in one line, as one would type it; the files that it is given stand behind it. */
export function typed(command: Command): string {
  if (command.tool === 'api') return `${command.method} ${command.url}`;
  const files = Object.keys(command.files ?? {}).map((flag) => `${flag}=<file>`);
  return ['gcloud', ...command.args, ...files].join(' ');
}

/** `fields` as a difference is told: `field: found > wanted`. */
export function told(
  differences: readonly { field: string; found: string; wanted: string }[],
): string[] {
  return differences.map(({ field, found, wanted }) => `${field}: ${found} > ${wanted}`);
}
