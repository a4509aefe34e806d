import { describe, expect, it } from 'vitest';
import { reasons } from './reasons.ts';
import { holdsSlot, isOver, next, type RunEvent, type RunState, transitions } from './states.ts';

const states = Object.keys(transitions) as RunState[];

function eventsOf(state: RunState): RunEvent[] {
  return Object.keys(transitions[state]) as RunEvent[];
}

describe('the state table', () => {
  it('leads from queued to every state', () => {
    const reached = new Set<RunState>(['queued']);
    for (const state of reached) {
      for (const event of eventsOf(state)) reached.add(next(state, event) ?? state);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('allows nothing once a run is over', () => {
    for (const state of states.filter(isOver)) expect(eventsOf(state)).toEqual([]);
    expect(states.filter(isOver)).toEqual([
      'succeeded',
      'failed',
      'timed_out',
      'killed',
      'lost',
      'dropped',
      'cancelled',
    ]);
  });

  it('can end from every state that holds a slot, so no slot is held for ever', () => {
    for (const state of states.filter(holdsSlot)) {
      expect(eventsOf(state).some((event) => isOver(next(state, event) ?? state))).toBe(true);
    }
  });

  it('does not know an event of another state', () => {
    expect(next('queued', 'succeed')).toBeUndefined();
    expect(next('succeeded', 'fail')).toBeUndefined();
  });
});

describe('the reasons', () => {
  it('belong to states in which a run is over', () => {
    for (const allowed of Object.values(reasons)) {
      for (const state of allowed) expect(isOver(state)).toBe(true);
    }
  });

  it('exist for every ending', () => {
    const covered = new Set<string>(Object.values(reasons).flat());
    expect(states.filter(isOver).filter((state) => !covered.has(state))).toEqual([]);
  });
});
