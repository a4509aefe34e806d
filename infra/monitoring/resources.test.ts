import { describe, expect, it } from 'vitest';
import { deployment } from '../deployment/kinds/test-kind.ts';
import { alerts } from './alerts.ts';
import { monitoringOf, toldOf } from './resources.ts';

const kindsOf = (of: Parameters<typeof monitoringOf>[0]): Set<string> =>
  new Set(monitoringOf(of).map(({ kind }) => kind));

describe('whom alerts are told', () => {
  const [octavia = '', oscar = ''] = deployment.operators;

  it('is the operators, but for service accounts, whose mail nobody reads', () => {
    const bot = 'bot@acme-drover.iam.gserviceaccount.com';
    expect(toldOf({ operators: [octavia, bot, oscar] })).toEqual([octavia, oscar]);
  });

  it('is whom drover.toml names, each once, however an address is written', () => {
    const alerts = ['On-Call@acme.test', 'on-call@acme.test', 'projects/p/notificationChannels/7'];
    expect(toldOf({ operators: [octavia], alerts })).toEqual([
      'On-Call@acme.test',
      'projects/p/notificationChannels/7',
    ]);
  });

  it('is as many as Cloud Monitoring tells of one policy', () => {
    const operators = [...Array(20).keys()].map((at) => `octavia-${at}@acme.test`);
    expect(toldOf({ operators })).toHaveLength(16);
  });
});

describe('what tells how Drover does', () => {
  it('has a policy for every alert, which names its section and whom it tells', () => {
    const policies = monitoringOf(deployment).filter(({ kind }) => kind === 'alert-policy');
    expect(policies.map(({ id }) => id)).toEqual(alerts.map(({ id }) => id));
    for (const [at, { section }] of alerts.entries()) {
      expect(policies[at]).toMatchObject({
        text: expect.stringContaining(`docs/operations.md of Drover, section "${section}"`),
        tells: deployment.operators,
      });
    }
  });

  it('has no policies where nobody is told, and charts all the same', () => {
    expect(kindsOf({ ...deployment, alerts: [] })).toEqual(new Set(['log-metric', 'dashboard']));
  });

  it('makes no channel where somebody else made it', () => {
    const alerts = ['projects/acme-drover/notificationChannels/7'];
    expect(kindsOf({ ...deployment, alerts })).toEqual(
      new Set(['log-metric', 'dashboard', 'alert-policy']),
    );
  });
});
