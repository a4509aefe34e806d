import type { Kind } from '../kind.ts';
import type { NotificationChannel } from '../resource.ts';
import { rowsOf, textAt } from './found.ts';
import { unlike } from './like.ts';
import {
  byLabel,
  channelLabel,
  listOf,
  monitoringApi,
  removal,
  userLabels,
} from './monitoring-api.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** Channels to e-mail addresses. Google chooses their names: ours are known by a label. */
export const notificationChannelKind: Kind<NotificationChannel> = {
  mayBeNone: true,
  list: (deployment) => [listOf(deployment, 'notificationChannels')],
  read: (_, wanted, [answer]) => {
    const addresses = new Map(wanted.map(({ id }) => [channelLabel(id), id]));
    const rows = rowsOf(answer, 'notificationChannels');
    return byLabel(rows, 'channel', (value) => addresses.get(value) ?? value);
  },
  compare: (_, wanted, found) => {
    const { labels, ...rest } = channel(wanted);
    // Google may show a part of an address only.
    const isHidden = textAt(found, 'labels', 'email_address').includes('*');
    return unlike(isHidden ? rest : { ...rest, labels }, found);
  },
  create: ({ project }, wanted) => [
    {
      tool: 'api',
      method: 'POST',
      url: `${monitoringApi}/projects/${project}/notificationChannels`,
      body: channel(wanted),
    },
  ],
  update: (_, wanted, found) => [
    {
      tool: 'api',
      method: 'PATCH',
      url: `${monitoringApi}/${textAt(found, 'name')}`,
      body: channel(wanted),
    },
  ],
  remove: (_, _id, found) => [removal(found)],
  terraform: ({ project }, { id, why }) => [
    {
      type: terraformTypes['notification-channel'],
      label: terraformLabel(id),
      body: {
        project,
        type: 'email',
        display_name: title(id),
        description: why,
        labels: { email_address: id },
        user_labels: userLabels('channel', channelLabel(id)),
      },
    },
  ],
};

/** A channel as the Monitoring API has it (`NotificationChannel`). */
function channel({ id, why }: NotificationChannel) {
  return {
    type: 'email',
    displayName: title(id),
    description: why,
    labels: { email_address: id },
    userLabels: userLabels('channel', channelLabel(id)),
    enabled: true,
  };
}

function title(address: string): string {
  return `Drover: ${address}`;
}
