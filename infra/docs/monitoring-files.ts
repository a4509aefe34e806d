import type { Command } from '../deployment/kind.ts';
import { kindOf } from '../deployment/kinds/index.ts';
import type { Deployment, ResourceKind } from '../deployment/resource.ts';
import { monitoringOf } from '../monitoring/resources.ts';
import { printJson } from './print-json.ts';

/** A deployment with words in the place of what is different in each. Its operator is there so that it has policies. */
const anyDeployment: Deployment = {
  project: 'PROJECT',
  region: 'REGION',
  projectNumber: 'NUMBER',
  agents: [],
  operators: ['operator@example.com'],
  viewers: [],
};

/**
 * What Cloud Monitoring and Cloud Logging are sent, as JSON of their APIs, by path below docs/: for people who read, compare or apply
 * it by other means than `drover provision`. Policies are without channels.
 */
export function monitoringFiles(): { [path: string]: string } {
  const [dashboard] = sentFor('dashboard');
  return {
    '../infra/monitoring/json/dashboard.json': printJson(dashboard),
    '../infra/monitoring/json/alert-policies.json': printJson(sentFor('alert-policy')),
    '../infra/monitoring/json/log-metrics.json': printJson(sentFor('log-metric')),
  };
}

function sentFor(kind: ResourceKind): object[] {
  return monitoringOf(anyDeployment)
    .filter((resource) => resource.kind === kind)
    .map((resource) => {
      const { notificationChannels: _, ...sent } = sentBy(
        kindOf(resource).create(anyDeployment, resource).at(-1),
      );
      return kind === 'log-metric' ? { name: resource.id, ...sent } : sent;
    });
}

/** What a command sends: its body, or the file that it is given. */
export function sentBy(command: Command | undefined): { readonly [field: string]: unknown } {
  const sent: unknown =
    command?.tool === 'api'
      ? command.body
      : JSON.parse(Object.values(command?.files ?? {})[0] ?? '{}');
  return typeof sent === 'object' && sent !== null ? { ...sent } : {};
}
