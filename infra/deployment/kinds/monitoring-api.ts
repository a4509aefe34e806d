import { createHash } from 'node:crypto';
import { answerOf } from '../answers.ts';
import type { Command, FoundResource } from '../kind.ts';
import { deploymentLabels } from '../labels.ts';
import type { Deployment } from '../resource.ts';
import { textAt } from './found.ts';

/**
 * The Monitoring API. gcloud has commands for alert policies and notification channels in its alpha and beta components only,
 * which not every installation has: the API itself is the same everywhere.
 */
export const monitoringApi = 'https://monitoring.googleapis.com/v3';

/** Asks for all of a collection. A project has some dozens of them. */
export function listOf(
  { project }: Deployment,
  collection: 'alertPolicies' | 'notificationChannels',
): Command {
  const url = `${monitoringApi}/projects/${project}/${collection}?pageSize=1000`;
  return { tool: 'api', method: 'GET', url };
}

/** Removes what was found, under the name that Google chose for it. */
export function removal(found: FoundResource): Command {
  // Whatever still names a channel goes on without it.
  const query = textAt(found, 'name').includes('/notificationChannels/') ? '?force=true' : '';
  const url = `${monitoringApi}/${textAt(found, 'name')}${query}`;
  return { tool: 'api', method: 'DELETE', url };
}

/** Labels by which something whose name Google chooses is found again. A value has lower-case letters, digits and hyphens. */
export function userLabels(is: 'alert' | 'channel', id: string): { [label: string]: string } {
  return { ...deploymentLabels, [`drover_${is}`]: id };
}

/**
 * Those of ours, by their id. Where an answer was lost and something was made twice, the second has a name that nobody wants, and
 * goes.
 *
 * @param idOf The id that a label's value stands for.
 */
export function byLabel(
  rows: readonly FoundResource[],
  is: 'alert' | 'channel',
  idOf: (value: string) => string = (value) => value,
): Map<string, FoundResource> {
  const found = new Map<string, FoundResource>();
  for (const row of rows) {
    const value = textAt(row, 'userLabels', `drover_${is}`);
    if (value === '' || textAt(row, 'userLabels', 'drover') !== deploymentLabels.drover) continue;
    const id = idOf(value);
    found.set(found.has(id) ? `${id} (${textAt(row, 'name')})` : id, row);
  }
  return found;
}

/** What a channel's label says of an address, which has signs that labels may not have. */
export function channelLabel(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 32);
}

/** Asks for the channel of an address. */
export function findChannel({ project }: Deployment, address: string): Command {
  const filter = encodeURIComponent(`user_labels.drover_channel="${channelLabel(address)}"`);
  const url = `${monitoringApi}/projects/${project}/notificationChannels?filter=${filter}`;
  return { tool: 'api', method: 'GET', url };
}

/** The name of the channel that the command with this number asked for. */
export function channelName(command: number): string {
  return answerOf(command, 'notificationChannels.0.name');
}
