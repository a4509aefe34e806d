import { describe, expect, it } from 'vitest';
import type { NotificationChannel } from '../resource.ts';
import { channelLabel } from './monitoring-api.ts';
import { notificationChannelKind as kind } from './notification-channel.ts';
import { deployment, told, typed } from './test-kind.ts';

const id = 'octavia@acme.test';
const wanted: NotificationChannel = { kind: 'notification-channel', id, why: 'Told.', needs: [] };
const found = {
  name: 'projects/acme-drover/notificationChannels/17',
  type: 'email',
  displayName: 'Drover: octavia@acme.test',
  description: 'Told.',
  labels: { email_address: id },
  userLabels: { drover: 'deployment', drover_channel: channelLabel(id) },
  enabled: true,
};

const read = (...rows: readonly object[]) =>
  kind.read(deployment, [wanted], [{ notificationChannels: rows }]);

describe('a channel to an address', () => {
  it('is as it should be right after it was made, also where Google shows a part of the address', () => {
    expect(kind.compare(deployment, wanted, found)).toEqual([]);
    const hidden = { ...found, labels: { email_address: 'oc*****@acme.test' } };
    expect(kind.compare(deployment, wanted, hidden)).toEqual([]);
  });

  it('that was switched off, or leads to somebody else, is set', () => {
    const other = { ...found, enabled: false, labels: { email_address: 'oscar@acme.test' } };
    expect(told(kind.compare(deployment, wanted, other))).toEqual([
      'enabled: false > true',
      'labels.email_address: oscar@acme.test > octavia@acme.test',
    ]);
    expect(kind.update(deployment, wanted, other)?.map(typed)).toEqual([
      'PATCH https://monitoring.googleapis.com/v3/projects/acme-drover/notificationChannels/17',
    ]);
  });

  it('is known by its label, whatever its name is, and others are left alone', () => {
    const theirs = { ...found, userLabels: {} };
    expect([...read(theirs, found)]).toEqual([[id, found]]);
  });

  it('that was made twice is there once, and the second one goes', () => {
    const twice = { ...found, name: 'projects/acme-drover/notificationChannels/18' };
    const [first, second] = [...read(found, twice)];
    expect(first).toEqual([id, found]);
    const [name = '', there = {}] = second ?? [];
    expect(name).not.toBe(id);
    expect(kind.remove(deployment, name, there).map(typed)).toEqual([
      'DELETE https://monitoring.googleapis.com/v3/projects/acme-drover/notificationChannels/18?force=true',
    ]);
  });

  it('has a label that Google takes, the same however the address is written', () => {
    expect(channelLabel('A+b@Acme.test')).toMatch(/^[a-z0-9]{32}$/);
    expect(channelLabel('A+b@Acme.test')).toBe(channelLabel('a+b@acme.test'));
  });
});
