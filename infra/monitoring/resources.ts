import { isAddress } from '../deployment/kinds/alert-policy.ts';
import { type Deployment, mostTold, type Resource } from '../deployment/resource.ts';
import { type Alert, alerts } from './alerts.ts';
import { dashboard } from './dashboard.ts';
import { metrics } from './metrics.ts';

const monitoring = 'api/monitoring.googleapis.com';

/** What tells a person how Drover does: metrics of its log lines, a dashboard, alert policies, and whom they tell. */
export function monitoringOf(deployment: Deployment): Resource[] {
  const tells = toldOf(deployment);
  const counted = metrics.map(
    (metric): Resource => ({
      kind: 'log-metric',
      ...metric,
      needs: ['api/logging.googleapis.com'],
    }),
  );
  const ids = counted.map(({ id }) => `log-metric/${id}`);
  const addresses = tells.filter(isAddress);
  const channels = addresses.map(
    (id): Resource => ({
      kind: 'notification-channel',
      id,
      why: 'Is told by e-mail when something is wrong.',
      needs: [monitoring],
    }),
  );
  const channelNames = addresses.map((id) => `notification-channel/${id}`);
  const policies = tells.length === 0 ? [] : alerts.map((alert) => policyOf(alert, tells));
  return [
    ...counted,
    ...channels,
    {
      kind: 'dashboard',
      id: 'drover',
      why: 'Shows on one page how Drover does.',
      ...dashboard(),
      needs: [monitoring, ...ids],
    },
    ...policies.map(
      (policy): Resource => ({ ...policy, needs: [monitoring, ...ids, ...channelNames] }),
    ),
  ];
}

/**
 * Whom alerts are told, each once: an address is the same however it is written. Nobody reads the mail of a service account.
 */
export function toldOf({ alerts: named, operators }: Pick<Deployment, 'alerts' | 'operators'>) {
  const all = named ?? operators.filter((address) => !address.endsWith('.gserviceaccount.com'));
  const keys = all.map((who) => who.toLowerCase());
  return all.filter((_, at) => keys.indexOf(keys[at] ?? '') === at).slice(0, mostTold);
}

function policyOf({ id, section, severity, what, conditions }: Alert, tells: readonly string[]) {
  return {
    kind: 'alert-policy' as const,
    id,
    title: `Drover: ${section.charAt(0).toLowerCase()}${section.slice(1)}`,
    why: `Tells of it: ${section.charAt(0).toLowerCase()}${section.slice(1)}.`,
    severity,
    conditions,
    text: `${what}\n\nWhat to do: docs/operations.md of Drover, section "${section}".`,
    tells,
  };
}
