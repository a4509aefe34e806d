import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../deployment/kind.ts';
import type { Service, Share } from './services.ts';
import { mainRevision, percentOf, resharing, rollBackTo, sharing } from './traffic.ts';

const place = { project: 'demo-project', region: 'europe-west1' };

const serviceOf = (traffic: readonly Share[], latest = 'c'): Service => ({
  name: 'webhook',
  version: 'v',
  format: 1,
  latest,
  traffic,
});

const revisions = ['c', 'b', 'a'].map((name, at) => ({
  name,
  createdAt: `2026-01-0${3 - at}`,
  canServe: true,
}));

/** Shares of three revisions and of the newest, whichever that is; together 100. */
const shares = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)).map((cuts) => {
  const [one = 0, two = 0, three = 0] = cuts.toSorted((a, b) => a - b);
  const percents = [one, two - one, three - two, 100 - three];
  return ['LATEST', 'a', 'b', 'c']
    .map((revision, at) => ({ revision, percent: percents[at] ?? 0 }))
    .filter(({ percent }) => percent > 0);
});

/** What `update-traffic` makes of a command. */
function made(command: Command | undefined): Share[] {
  const args = command?.tool === 'gcloud' ? command.args : [];
  const to = args.find((arg) => arg.startsWith('--to-revisions='))?.slice('--to-revisions='.length);
  return (to ?? '').split(',').map((part) => {
    const [revision = '', percent] = part.split('=');
    return { revision, percent: Number(percent) };
  });
}

describe('sharing', () => {
  test('leaves the newest nothing before it is deployed, and just its share afterwards', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 99 }), (traffic, percent) => {
        const service = serviceOf(traffic);
        const { before, after: shared } = sharing(place, service, percent);
        const pinned = before.length > 0 ? made(before[0]) : traffic;
        const next = { ...service, latest: 'd', traffic: pinned };
        expect(percentOf(next, 'd')).toBe(0);
        const then = { ...next, traffic: made(shared[0]) };
        expect(percentOf(then, 'd')).toBe(percent);
        expect(percentOf(then, mainRevision(service) ?? '')).toBe(100 - percent);
      }),
    );
  });

  test('that is set already is left as it is', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 99 }), (traffic, percent) => {
        const [command] = resharing(place, serviceOf(traffic), percent);
        if (command) {
          expect(resharing(place, serviceOf(made(command)), percent)).toEqual([]);
        }
      }),
    );
  });

  test('is not set anew where the newest has all traffic', () => {
    expect(resharing(place, serviceOf([{ revision: 'LATEST', percent: 100 }]), 10)).toEqual([]);
  });
});

describe('a roll back', () => {
  test('goes to the version that shares the traffic with the newest', () => {
    const service = serviceOf([
      { revision: 'LATEST', percent: 10 },
      { revision: 'a', percent: 90 },
    ]);
    expect(rollBackTo(service, revisions)).toBe('a');
  });

  test('goes to the version before the newest where that has all traffic', () => {
    const service = serviceOf([{ revision: 'LATEST', percent: 100 }]);
    expect(rollBackTo(service, revisions)).toBe('b');
  });

  test('passes over a version that cannot serve', () => {
    const service = serviceOf([{ revision: 'LATEST', percent: 100 }]);
    const broken = revisions.map((each) => ({ ...each, canServe: each.name !== 'b' }));
    expect(rollBackTo(service, broken)).toBe('a');
  });

  test('has nowhere to go from the first version', () => {
    const service = serviceOf([{ revision: 'LATEST', percent: 100 }], 'a');
    expect(rollBackTo(service, revisions)).toBeUndefined();
  });

  test('that is done goes no further back', () => {
    const service = serviceOf([{ revision: 'b', percent: 100 }]);
    expect(rollBackTo(service, revisions)).toBe('b');
  });
});
