import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/project.ts';
import type { Release } from '../projects/release.ts';
import { freeSlots, isSpent, keptUntil, rulesOf } from './rules.ts';
import { type AgentState, fresh } from './state.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const budget = { runsPerDay: 3, minutesPerDay: null, failuresInARow: 4 };
const release: Release = {
  ...projectOf({ triage: { scale: 2, maxWorkQueueSize: 5, budget } }),
  timezone: 'Europe/Berlin',
  publishedAt: '',
};

describe('the rules of an agent', () => {
  it('are those of its release', () => {
    expect(rulesOf(release, 'triage')).toEqual({
      scale: 2,
      maxWorkQueueSize: 5,
      concurrency: null,
      budget,
      timezone: 'Europe/Berlin',
    });
  });

  it('let one that is gone work off its queue, one run at a time, and lose nothing of it', () => {
    expect(rulesOf(release, 'gone')).toEqual({
      scale: 1,
      maxWorkQueueSize: Number.POSITIVE_INFINITY,
      concurrency: null,
      budget: { runsPerDay: null, minutesPerDay: null, failuresInARow: null },
      timezone: 'Europe/Berlin',
    });
  });
});

describe('the free slots of an agent', () => {
  const free = (state: Partial<AgentState>): number =>
    freeSlots({ ...fresh, ...state }, rulesOf(release, 'triage'), now);
  const spent = { day: '2026-03-01', seconds: 0, dollars: 0 };

  it('are those that its runs in flight leave, and none where they are more', () => {
    expect(free({})).toBe(2);
    expect(free({ inFlight: ['a'] })).toBe(1);
    expect(free({ inFlight: ['a', 'b', 'c'] })).toBe(0);
  });

  it('are none while it is paused', () => {
    expect(free({ paused: { at: '', by: 'me', why: '' } })).toBe(0);
  });

  it('are no more than its budget leaves, and spent is what has none left', () => {
    const isOver = (runs: number): boolean =>
      isSpent({ ...fresh, spend: { ...spent, runs } }, rulesOf(release, 'triage'), now);
    expect(free({ spend: { ...spent, runs: 2 } })).toBe(1);
    expect(free({ spend: { ...spent, runs: 3 } })).toBe(0);
    expect([isOver(2), isOver(3)]).toEqual([false, true]);
  });
});

describe('what a pause has held', () => {
  const [earlier, later] = [new Date(now - 1), new Date(now)];

  it('is what came before the last resumption, of the agent or of its project', () => {
    expect(keptUntil({ resumedAt: earlier }, { resumedAt: later })).toEqual(later);
    expect(keptUntil({ resumedAt: later }, { resumedAt: earlier })).toEqual(later);
    expect(keptUntil({ resumedAt: earlier }, undefined)).toEqual(earlier);
    expect(keptUntil({ resumedAt: null }, { resumedAt: earlier })).toEqual(earlier);
  });

  it('is nothing where nothing was ever resumed', () => {
    expect(keptUntil({ resumedAt: null }, { resumedAt: null })).toBeNull();
    expect(keptUntil({ resumedAt: null }, undefined)).toBeNull();
  });
});
