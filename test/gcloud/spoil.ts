import type { Fields } from './answer.ts';
import type { Store } from './store.ts';

/** What somebody changed by hand, by the end of a name: of each kind that can be put right as it stands. */
const spoiled: { readonly [name: string]: Fields } = {
  'serviceAccounts/drover-tick@acme-drover.iam.gserviceaccount.com': { displayName: 'x' },
  'roles/droverTick': { deleted: true },
  'databases/(default)': { deleteProtectionState: 'DELETE_PROTECTION_DISABLED' },
  'queues/drover-poll': { rateLimits: { maxConcurrentDispatches: 1 }, state: 'PAUSED' },
  'topics/drover-logs': { labels: {} },
  'subscriptions/drover-logs': { ackDeadlineSeconds: 11 },
  'sinks/drover-logs': { filter: 'severity=ERROR' },
  'jobs/drover-tick': { schedule: '0 * * * *' },
  'repositories/drover': { cleanupPolicies: {} },
  'metrics/drover-errors': { filter: 'severity>=CRITICAL' },
  'dashboards/drover': { displayName: 'Mine' },
};

/** Changes one thing of each such kind in a project that has everything. Answers how many. */
export function spoil(store: Store): number {
  const things = [...store.things.values()];
  for (const [end, changed] of Object.entries(spoiled)) {
    const there = things.find(({ name }) => name.endsWith(`/${end}`));
    if (!there) throw new Error(`there is no ${end}`);
    Object.assign(there.fields, changed);
  }
  return Object.keys(spoiled).length + spoilUnnamed(store);
}

/** The same of things whose names Google chooses. */
function spoilUnnamed(store: Store): number {
  const things = [...store.things.values()];
  const channel = things.find(({ name }) => name.includes('/notificationChannels/'));
  const policies = things.filter(({ name }) => name.includes('/alertPolicies/'));
  const [one, other] = policies;
  if (!channel || !one || !other) throw new Error('nobody is told of anything');
  channel.fields.enabled = false;
  one.fields.enabled = false;
  other.fields.notificationChannels = [];
  return 3;
}
