import { serviceAccount } from '../../infra/resources.ts';
import type { CloudSettings } from '../../shared/cloud/settings.ts';
import type { Settings } from '../../shared/settings.ts';

/** Where the world is. */
export const place = { project: 'drover-test', region: 'here' };
export const settings: Settings = { ...place, gatewayUrl: 'https://gateway.test' };
export const cloudSettings: CloudSettings = {
  ...place,
  targets: {
    dispatch: { queue: 'drover-dispatch', url: 'https://dispatch.test' },
    poll: { queue: 'drover-poll', url: 'https://poll.test' },
  },
  tasksServiceAccount: serviceAccount('tasks', place.project),
};

/** The name that all resources of the world begin with. */
export const location = `projects/${place.project}/locations/${place.region}`;
