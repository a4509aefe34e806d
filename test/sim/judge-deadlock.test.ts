import { describe, expect, it } from 'vitest';
import type { Lock, Wait } from '../../shared/locks/lock.ts';
import type { Run } from '../../shared/runs/run.ts';
import type { Case } from './case.ts';
import { createDeadlockJudge } from './judge-deadlock.ts';
import type { LockQuestion } from './judge-lock-answer.ts';
import { createLockTrail, type LockTrail } from './lock-trail.ts';

const [hill, barn] = ['pasture://hill', 'pasture://barn'];
const begin = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;

/** Commits of locks and waits, each a second after the one before. */
function lifeOf(): {
  trail: LockTrail;
  commits: () => number;
  commit(path: string, data: Lock | Wait | undefined): void;
  holds(key: string, holder: string | null, fence: number): void;
  wants(run: string, key: string): void;
  ends(run: string): void;
} {
  const trail = createLockTrail();
  let commits = 0;
  const record = (committed: Partial<Case['committed']>): void => {
    commits += 1;
    const all = { documents: [], removed: [], runs: [], number: commits, ...committed };
    trail.record({ committed: all, now: begin + commits * 1_000 } as unknown as Case);
  };
  const commit = (path: string, data: Lock | Wait | undefined): void =>
    record(data ? { documents: [{ path, data }] } : { removed: [path] });
  return {
    trail,
    commits: () => commits,
    commit,
    holds: (key, holder, fence) => {
      const until = new Date(begin + 30 * minute);
      commit(`locks/${key}`, { key, holder, fence, until, since: new Date(begin) } as Lock);
    },
    wants: (run, key) => {
      const until = new Date(begin + 2 * minute);
      commit(`waits/${run}`, { key, until, expireAt: until });
    },
    ends: (run) => {
      const data = { state: 'succeeded' } as Run;
      const entry = { id: run, data, admitted: data, isCounted: false, leftQueueAt: begin };
      record({ runs: [{ entry, before: undefined, fields: [] }] });
    },
  };
}

function question(run: string, key: string, from: number, to: number): LockQuestion {
  const at = (commits: number): number => begin + commits * 1_000 + 500;
  return { run, key, span: { from, to, askedAt: at(from), answeredAt: at(to) } };
}

/** Dolly has the hill and wants the barn; Molly has the barn, and asks for the hill. */
function ringOf() {
  const life = lifeOf();
  life.holds(hill, 'dolly', 1);
  life.holds(barn, 'molly', 1);
  life.wants('dolly', barn);
  return { ...life, judge: createDeadlockJudge(life.trail) };
}

const named = ['molly', hill, 'dolly', barn];

describe('the judge of rings', () => {
  it('lets a ring be named that is there', () => {
    const { judge, wants } = ringOf();
    wants('molly', hill);
    expect(() => judge.wasNamed(question('molly', hill, 3, 4), named)).not.toThrow();
  });

  it('lets a ring be named that was there for a part of the time', () => {
    const { judge, holds } = ringOf();
    holds(hill, null, 1);
    expect(() => judge.wasNamed(question('molly', hill, 3, 4), named)).not.toThrow();
    expect(() => judge.wasNamed(question('molly', hill, 4, 4), named)).toThrow(/there was no ring/);
  });

  it('lets nobody name a ring with a run that is over, or with a wait whose time has passed', () => {
    const { judge, ends } = ringOf();
    const late = question('molly', hill, 3, 3);
    const span = { ...late.span, askedAt: begin + 3 * minute, answeredAt: begin + 3 * minute };
    expect(() => judge.wasNamed({ ...late, span }, named)).toThrow(/there was no ring/);
    ends('dolly');
    expect(() => judge.wasNamed(question('molly', hill, 4, 4), named)).toThrow(/there was no ring/);
  });

  it('lets nobody pass over a ring that nothing disturbs', () => {
    const { judge, wants } = ringOf();
    wants('molly', hill);
    expect(() => judge.wasNotNamed(question('molly', hill, 3, 4))).toThrow(/was not told/);
  });

  it('lets a ring be passed over that its runs disturb, but not for ever', () => {
    const { judge, wants, commits } = ringOf();
    const passOver = (): void => {
      const from = commits();
      wants('dolly', barn);
      judge.wasNotNamed(question('molly', hill, from, commits()));
    };
    for (let tries = 0; tries < 6; tries += 1) expect(passOver).not.toThrow();
    expect(passOver).toThrow(/as 6 times before/);
  });

  it('asks for no ring where somebody has let go meanwhile', () => {
    const { judge, holds } = ringOf();
    holds(hill, null, 1);
    expect(() => judge.wasNotNamed(question('molly', hill, 3, 4))).not.toThrow();
  });
});
