import { describe, expect, it } from 'vitest';
import type { Document } from '../ports/index.ts';
import type { Run } from './run.ts';
import { whyWaited } from './waited.ts';

const second = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1) + seconds * 1_000);
const iso = (seconds: number): string => second(seconds).toISOString();

/** As much of a run as the rule looks at. */
type Seen = Pick<Run, 'admittedAt' | 'notBefore' | 'concurrencyKey' | 'state' | 'times'>;

function runOf(id: string, seen: Partial<Seen>): Document<Run> {
  const data: Seen = {
    admittedAt: second(0),
    notBefore: null,
    concurrencyKey: null,
    state: 'running',
    times: {},
    ...seen,
  };
  return { id, data } as Document<Run>;
}

/** One that had a slot from one second to another; to the end of time, without the latter. */
function had(id: string, from: number, to?: number, key: string | null = null): Document<Run> {
  return runOf(id, {
    concurrencyKey: key,
    state: to === undefined ? 'running' : 'succeeded',
    times: { launching: iso(from), ...(to === undefined ? {} : { succeeded: iso(to) }) },
  });
}

const nobody = { agent: null, project: null };
const until = second(30).getTime();

describe('why a run waited', () => {
  it('is nothing where it started as soon as its wake-up came', () => {
    const run = runOf('a', { admittedAt: second(28.5) });
    expect(whyWaited(run, until, { earlier: [had('b', 0)], resumed: nobody })).toEqual([]);
  });

  it('is the runs that had the slots meanwhile, and the one that gave it up', () => {
    const run = runOf('a', { admittedAt: second(10) });
    const earlier = [
      had('long', 1),
      had('last', 2, 29),
      had('first', 3, 12),
      had('before', 4, 9),
      had('after', 31),
    ];
    expect(whyWaited(run, until, { earlier, resumed: nobody })).toEqual([
      `long, last, first of its agent had slots meanwhile; last ended at ${iso(29)}`,
    ]);
    const many = Array.from({ length: 5 }, (_, n) => had(`r${n}`, n));
    expect(whyWaited(run, until, { earlier: many, resumed: nobody })).toEqual([
      'r0, r1, r2 and 2 more of its agent had slots meanwhile',
    ]);
  });

  it('is the time that it was not to start before', () => {
    const run = runOf('a', { notBefore: second(29) });
    expect(whyWaited(run, until, { earlier: [], resumed: nobody })).toEqual([
      `it was not to start before ${iso(29)}`,
    ]);
  });

  it('is a pause that ended while it waited, and no other', () => {
    const run = runOf('a', { admittedAt: second(10) });
    expect(
      whyWaited(run, until, { earlier: [], resumed: { agent: second(20), project: second(25) } }),
    ).toEqual([`the agent was paused until ${iso(20)}`, `the project was paused until ${iso(25)}`]);
    expect(
      whyWaited(run, until, { earlier: [], resumed: { agent: second(5), project: second(40) } }),
    ).toEqual([]);
  });

  it('is a run of the same key, and not one of another', () => {
    const run = runOf('a', { concurrencyKey: 'issue-42' });
    const earlier = [had('same', 1, 29, 'issue-42'), had('other', 1, 12, 'issue-43')];
    expect(whyWaited(run, until, { earlier, resumed: nobody })).toEqual([
      'same of the same key (issue-42) was in flight',
      `other of its agent had slots meanwhile; other ended at ${iso(12)}`,
    ]);
  });
});
