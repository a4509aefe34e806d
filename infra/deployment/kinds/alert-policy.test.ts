import { describe, expect, it } from 'vitest';
import { withAnswers } from '../answers.ts';
import type { AlertPolicy } from '../resource.ts';
import { alertPolicyKind as kind } from './alert-policy.ts';
import { channelLabel } from './monitoring-api.ts';
import { deployment, told, typed } from './test-kind.ts';

const [octavia, theirs] = ['octavia@acme.test', 'projects/acme-drover/notificationChannels/7'];
const condition = {
  displayName: 'stuck runs',
  conditionThreshold: { filter: 'metric.type="x"', comparison: 'COMPARISON_GT', thresholdValue: 0 },
};
const wanted: AlertPolicy = {
  kind: 'alert-policy',
  id: 'stuck-runs',
  why: 'Tells.',
  title: 'Drover: runs are stuck',
  severity: 'ERROR',
  conditions: [condition],
  text: 'Look.',
  tells: [octavia, theirs],
  needs: [],
};
const channel = {
  name: 'projects/acme-drover/notificationChannels/17',
  labels: { email_address: octavia },
  userLabels: { drover: 'deployment', drover_channel: channelLabel(octavia) },
};
const policy = {
  name: 'projects/acme-drover/alertPolicies/1',
  displayName: 'Drover: runs are stuck',
  userLabels: { drover: 'deployment', drover_alert: 'stuck-runs' },
  severity: 'ERROR',
  enabled: true,
  combiner: 'OR',
  conditions: [
    {
      ...condition,
      conditionThreshold: { filter: 'metric.type="x"', comparison: 'COMPARISON_GT' },
      name: 'projects/acme-drover/alertPolicies/1/conditions/2',
    },
  ],
  documentation: { content: 'Look.', mimeType: 'text/markdown' },
  alertStrategy: { autoClose: '1800s' },
  notificationChannels: [theirs, channel.name],
  mutationRecord: { mutateTime: '2026-11-26T00:00:00Z' },
};

const read = (policies: readonly object[], channels: readonly object[] = [channel]) =>
  kind.read(
    deployment,
    [wanted],
    [{ alertPolicies: policies }, { notificationChannels: channels }],
  );
const differences = (there: object, channels?: readonly object[]): string[] =>
  told(kind.compare(deployment, wanted, read([there], channels).get('stuck-runs') ?? {}));

describe('an alert policy', () => {
  it('is as it should be right after it was made, in whatever order it tells', () => {
    expect(differences(policy)).toEqual([]);
  });

  it.each([
    [{ enabled: false }, 'enabled: false > true'],
    [{ conditions: [...policy.conditions, condition] }, 'conditions: 2 of them > 1'],
    [{ severity: 'WARNING' }, 'severity: WARNING > ERROR'],
    [{ notificationChannels: [theirs] }, `tells: ${theirs} > octavia@acme.test, ${theirs}`],
  ])('that somebody changed is put right: %o', (change, difference) => {
    expect(differences({ ...policy, ...change })).toEqual([difference]);
  });

  it('that tells a channel which is gone, or leads elsewhere, is put right', () => {
    expect(differences(policy, [])).toEqual([
      `tells: ${channel.name}, ${theirs} > octavia@acme.test, ${theirs}`,
    ]);
  });

  it('is made with the channels of ours as they are called, and with others by their names', () => {
    const commands = kind.create(deployment, wanted);
    expect(commands.map(typed)).toEqual([
      `GET https://monitoring.googleapis.com/v3/projects/acme-drover/notificationChannels?filter=user_labels.drover_channel%3D%22${channelLabel(octavia)}%22`,
      'POST https://monitoring.googleapis.com/v3/projects/acme-drover/alertPolicies',
    ]);
    const [, last] = commands;
    const answers = [{ notificationChannels: [channel] }];
    expect(last && withAnswers(last, answers)).toMatchObject({
      body: { notificationChannels: [channel.name, theirs] },
    });
    // Where there is no such channel, no policy is made that tells nobody.
    expect(last && withAnswers(last, [{}])).toBeUndefined();
  });

  it('of others is left alone', () => {
    expect(read([{ ...policy, userLabels: { team: 'shop' } }]).size).toBe(0);
  });
});
