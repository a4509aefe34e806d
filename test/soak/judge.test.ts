import { describe, expect, it } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import type { Entry, Evidence, Told } from './evidence.ts';
import { judge } from './judge.ts';
import { mostAtOnce } from './judge-scale.ts';
import type { Container, Line } from './records.ts';

/** The violated laws, once each. */
function lawsOf(evidence: Evidence): string[] {
  return [...new Set(judge(evidence).map(({ law }) => law))].sort();
}

/** µs; the run `n` is in flight from 10 n to 10 n + 5 s. */
const second = 1e6;

function entry(n: number, event: string, from: string, to: string, at: number, set = {}): Entry {
  const data = {
    at: '',
    event,
    from,
    to,
    why: '',
    set: { ...set, state: to },
    expireAt: new Date(0),
  };
  return { id: String(n).padStart(5, '0'), data, at };
}

/** A run that succeeded, as it stands in Firestore. */
function runOf(n: number, change: Partial<Run> = {}): Told {
  const id = `narrow-${n}`;
  const at = 10 * n * second;
  const execution = `drover-${id}-a1`;
  const data = {
    agent: 'narrow',
    state: 'succeeded',
    reason: 'completed',
    trigger: { type: 'webhook', source: 'github', delivery: `github:soak-${n}` },
    execution,
    exitCode: 0,
    dueAt: null,
    lease: null,
    cleanedAt: '2026-01-01T00:00:00.000Z',
    notBefore: null,
    admittedAt: new Date(n),
    next: null,
    events: 3,
    calls: [],
    times: { running: '2026-01-01T00:00:00.000Z' },
    ...change,
  } as unknown as Run;
  const journal = [
    entry(0, 'launch', 'queued', 'launching', at),
    entry(1, 'start', 'launching', 'running', at + second, { execution }),
    entry(2, 'succeed', 'running', 'succeeded', at + 5 * second, { reason: 'completed' }),
  ];
  return { id, data, journal };
}

function containerOf(n: number, lines: Line[] = []): Container {
  const [run, execution] = [`narrow-${n}`, `drover-narrow-${n}-a1`];
  const pid = n;
  return {
    run,
    execution,
    pid,
    lines: [
      { at: 10_000 * n, what: 'begin', run, execution, pid },
      ...lines,
      { at: 10_000 * n + 4_000, what: 'end', exitCode: 0 },
    ],
  };
}

/** Two deliveries, and everything as it must be. */
function evidenceOf(change: Partial<Evidence> = {}): Evidence {
  const numbers = [1, 2];
  const sent = numbers.map((n) => ({
    id: `soak-${n}`,
    agents: ['narrow' as const],
    due: 1,
    attempts: 1,
    refusals: [],
    unanswered: 0,
    answers: [{ narrow: `narrow-${n}` }],
  }));
  const deliveries = numbers.map((n) => [`github:soak-${n}`, { runs: { narrow: `narrow-${n}` } }]);
  return {
    sent,
    runs: runsOf(...numbers.map((n) => runOf(n))),
    deliveries: new Map(deliveries as [string, never][]),
    calls: new Map(),
    locks: [],
    states: new Map(),
    current: undefined,
    jobs: [],
    secrets: [],
    started: numbers.map((n) => `drover-narrow-${n}-a1`),
    directories: [],
    alive: [],
    containers: numbers.map((n) => containerOf(n)),
    ...change,
  };
}

function runsOf(...runs: Told[]): Map<string, Told> {
  return new Map(runs.map((run) => [run.id, run]));
}

it('what is as it must be violates nothing', () => {
  expect(judge(evidenceOf())).toEqual([]);
});

describe('a delivery', () => {
  it('that was answered and has no run is missed', () => {
    expect(lawsOf(evidenceOf({ runs: runsOf(runOf(1)) }))).toContain('one run');
  });

  it('that was answered with two runs is found', () => {
    const evidence = evidenceOf();
    evidence.sent[0]?.answers.splice(0, 1, { narrow: 'narrow-9' });
    expect(lawsOf(evidence)).toEqual(['same answer']);
  });

  it('that was not answered as often as it should have been is missed', () => {
    const { sent } = evidenceOf();
    const twice = sent.map((one) => ({ ...one, due: 2 }));
    expect(lawsOf(evidenceOf({ sent: twice }))).toEqual(['answered']);
  });

  it('that is not in Firestore is missed', () => {
    expect(lawsOf(evidenceOf({ deliveries: new Map() }))).toContain('kept');
  });
});

describe('a run', () => {
  it('that is not over is found', () => {
    const run = runOf(2, { state: 'running', reason: null });
    expect(lawsOf(evidenceOf({ runs: runsOf(runOf(1), run) }))).toContain('over');
  });

  it('that ended twice is found', () => {
    const run = runOf(2, { events: 4 });
    run.journal.push(entry(3, 'succeed', 'succeeded', 'succeeded', 26 * second));
    expect(lawsOf(evidenceOf({ runs: runsOf(runOf(1), run) }))).toEqual(['journal', 'over once']);
  });

  it('whose journal tells something else than its document is found', () => {
    const run = runOf(2, { execution: 'drover-narrow-2-a2' });
    const evidence = evidenceOf({ runs: runsOf(runOf(1), run) });
    expect(lawsOf(evidence)).toEqual(['journal', 'one container']);
  });

  it('that started two containers is found, by the executor and by the containers', () => {
    const { started, containers } = evidenceOf();
    expect(lawsOf(evidenceOf({ started: [...started, 'drover-narrow-2-a2'] }))).toEqual([
      'one container',
    ]);
    expect(lawsOf(evidenceOf({ containers: [...containers, containerOf(2)] }))).toContain(
      'one container',
    );
  });

  it('that says something else of its end than its container is found', () => {
    const run = runOf(2, { exitCode: 0, reason: 'exit_code', state: 'failed' });
    expect(lawsOf(evidenceOf({ runs: runsOf(runOf(1), run) }))).toContain('outcome');
  });

  it('that was launched before one that was admitted before it is found', () => {
    const evidence = evidenceOf({ runs: runsOf(runOf(1), runOf(2, { admittedAt: new Date(0) })) });
    expect(lawsOf(evidence)).toEqual(['order']);
  });
});

describe('scale', () => {
  it('is held against the journals and against what the containers saw', () => {
    const late = runOf(2);
    late.journal[0] = entry(0, 'launch', 'queued', 'launching', 12 * second);
    expect(lawsOf(evidenceOf({ runs: runsOf(runOf(1), late) }))).toEqual(['scale']);
    const long = containerOf(1, [{ at: 21_000, what: 'called', call: '' }]);
    long.lines.pop();
    expect(lawsOf(evidenceOf({ containers: [long, containerOf(2)] }))).toContain('scale');
  });

  it('counts what ends in the moment in which another begins as over', () => {
    const span = (from: number, to: number) => ({ agent: 'narrow', from, to });
    expect(mostAtOnce([span(0, 1), span(1, 2)])).toBe(1);
    expect(mostAtOnce([span(0, 2), span(1, 2), span(0.5, 1.5)])).toBe(3);
  });
});

describe('a lock', () => {
  const key = 'soak://barn';
  const locked = (at: number, fence: number): Line => ({
    at,
    what: 'locked',
    key,
    fence,
    until: at + 20_000,
  });
  const held = { key, holder: null, fence: 2 } as unknown as Evidence['locks'][number];

  it('that two containers had at one time is found', () => {
    const containers = [
      containerOf(1, [locked(10_500, 1), { at: 23_000, what: 'unlocking', key }]),
      containerOf(2, [locked(22_000, 2), { at: 23_000, what: 'unlocking', key }]),
    ];
    expect(lawsOf(evidenceOf({ containers, locks: [held] }))).toEqual(['locks']);
  });

  it('whose fence went back is found', () => {
    const containers = [
      containerOf(1, [locked(10_500, 2), { at: 11_000, what: 'unlocking', key }]),
      containerOf(2, [locked(22_000, 1), { at: 23_000, what: 'unlocking', key }]),
    ];
    expect(lawsOf(evidenceOf({ containers, locks: [held] }))).toEqual(['fences']);
  });

  it('is its container’s no longer than that could know', () => {
    const containers = [
      containerOf(1, [{ ...locked(10_500, 1), until: 12_000 } as Line]),
      containerOf(2, [locked(22_000, 2), { at: 23_000, what: 'unlocking', key }]),
    ];
    expect(judge(evidenceOf({ containers, locks: [held] }))).toEqual([]);
  });
});

it.each<Partial<Evidence>>([
  { jobs: ['drover-narrow-1'] },
  { secrets: ['drover-run-narrow-1-1'] },
  { directories: ['drover-narrow-1-a1-0-1'] },
  { alive: ['drover-narrow-1-a1'] },
  { states: new Map([['narrow', { inFlight: ['narrow-1'], keys: {} } as never]]) },
  { current: { inFlight: ['narrow-1'] } as never },
  { locks: [{ key: 'soak://barn', holder: 'narrow-1', fence: 1 } as never] },
])('what is left of a run is found: %o', (left) => {
  expect(lawsOf(evidenceOf(left))).toEqual(['left']);
});
