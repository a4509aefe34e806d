import {
  type Command,
  type FoundResource,
  type Kind,
  NestedBlocks,
  type TerraformBody,
  type TerraformValue,
} from '../kind.ts';
import type { AlertPolicy, ApiJson, Deployment } from '../resource.ts';
import { differences, rowsOf, textAt, valueAt } from './found.ts';
import { unlike } from './like.ts';
import {
  byLabel,
  channelLabel,
  channelName,
  findChannel,
  listOf,
  monitoringApi,
  removal,
  userLabels,
} from './monitoring-api.ts';
import { attributeOf, terraformLabel, terraformTypes } from './terraform-names.ts';

/** An incident whose condition has had no data for this long is over. Half an hour is the least that Google takes. */
const autoClose = '1800s';

/** Alert policies. Google chooses their names, and those of the channels that they tell: ours are known by labels. */
export const alertPolicyKind: Kind<AlertPolicy> = {
  mayBeNone: true,
  list: (deployment) => [
    listOf(deployment, 'alertPolicies'),
    listOf(deployment, 'notificationChannels'),
  ],
  read: (_, wanted, [policies, channels]) => {
    const known = new Map(
      wanted.flatMap(({ tells }) => tells.map((who) => [channelLabel(who), who] as const)),
    );
    const ours = byLabel(
      rowsOf(channels, 'notificationChannels'),
      'channel',
      (label) => known.get(label) ?? label,
    );
    const addresses = new Map([...ours].map(([id, row]) => [textAt(row, 'name'), id]));
    const found = byLabel(rowsOf(policies, 'alertPolicies'), 'alert');
    return new Map([...found].map(([id, row]) => [id, { ...row, tells: told(row, addresses) }]));
  },
  compare: (_, wanted, found) => [
    ...unlike(policy(wanted), found),
    ...differences({
      tells: [sorted(valueAt(found, 'tells')), sorted(wanted.tells)],
    }),
  ],
  create: (deployment, wanted) =>
    withChannels(deployment, wanted, (notificationChannels) => ({
      tool: 'api',
      method: 'POST',
      url: `${monitoringApi}/projects/${deployment.project}/alertPolicies`,
      body: { ...policy(wanted), notificationChannels },
    })),
  update: (deployment, wanted, found) =>
    withChannels(deployment, wanted, (notificationChannels) => ({
      tool: 'api',
      method: 'PATCH',
      url: `${monitoringApi}/${textAt(found, 'name')}`,
      body: { ...policy(wanted), notificationChannels },
    })),
  remove: (_, _id, found) => [removal(found)],
  terraform: ({ project }, wanted) => [
    {
      type: terraformTypes['alert-policy'],
      label: terraformLabel(wanted.id),
      body: terraformBody(project, wanted),
    },
  ],
};

/** A policy as the Monitoring API has it (`AlertPolicy`), but for its channels. */
function policy({ id, title, severity, conditions, text }: AlertPolicy) {
  return {
    displayName: title,
    userLabels: userLabels('alert', id),
    severity,
    enabled: true,
    combiner: 'OR',
    conditions,
    documentation: { content: text, mimeType: 'text/markdown' },
    alertStrategy: { autoClose },
  };
}

/** Asks for the channels that have no name of ours, and then does what names all of them. */
function withChannels(
  deployment: Deployment,
  { tells }: AlertPolicy,
  tell: (channels: string[]) => Command,
): Command[] {
  const addresses = tells.filter(isAddress);
  const names = tells.map((who) => (isAddress(who) ? channelName(addresses.indexOf(who)) : who));
  return [...addresses.map((address) => findChannel(deployment, address)), tell(names)];
}

/** Whether somebody is told by a channel that Drover makes. */
export function isAddress(who: string): boolean {
  return !who.startsWith('projects/');
}

/** Whom a policy tells: addresses of our channels, and names of others. */
function told(row: FoundResource, addresses: ReadonlyMap<string, string>): string[] {
  const names = valueAt(row, 'notificationChannels');
  if (!Array.isArray(names)) return [];
  return names.map(String).map((name) => addresses.get(name) ?? name);
}

function sorted(tells: unknown): string {
  return Array.isArray(tells) ? [...tells].sort().join(', ') : '';
}

function terraformBody(
  project: string,
  { id, title, severity, conditions, text, tells }: AlertPolicy,
): TerraformBody {
  return {
    project,
    display_name: title,
    user_labels: userLabels('alert', id),
    severity,
    combiner: 'OR',
    conditions: new NestedBlocks(...conditions.map(blockOf)),
    documentation: new NestedBlocks({ content: text, mime_type: 'text/markdown' }),
    alert_strategy: new NestedBlocks({ auto_close: autoClose }),
    notification_channels: tells.map((who) =>
      isAddress(who) ? attributeOf({ kind: 'notification-channel', id: who }, 'name') : who,
    ),
  };
}

/** JSON of the API as Terraform's blocks have it: the same names in another manner, objects and lists of objects as blocks. */
function blockOf(json: { readonly [field: string]: ApiJson }): TerraformBody {
  return Object.fromEntries(
    Object.entries(json).map(([field, value]) => [snake(field), terraformOf(value)]),
  );
}

function terraformOf(value: ApiJson): TerraformValue {
  if (isObject(value)) return new NestedBlocks(blockOf(value));
  if (!isList(value)) return value;
  const objects = value.filter(isObject);
  return objects.length > 0 ? new NestedBlocks(...objects.map(blockOf)) : value.map(terraformOf);
}

function isList(value: ApiJson): value is readonly ApiJson[] {
  return Array.isArray(value);
}

function isObject(value: ApiJson): value is { readonly [field: string]: ApiJson } {
  return typeof value === 'object' && !isList(value);
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
