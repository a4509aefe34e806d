import { describe, expect, it } from 'vitest';
import { widthOf } from '../steer/width.ts';
import { type CostsPage, costLines, money } from './cost-lines.ts';

const sums = (models: number, runs = 3) => ({
  runs,
  seconds: 200,
  compute: 0.0038,
  controlPlane: 0.00051,
  models,
  total: models + 0.00431,
});
const none = { runs: 0, seconds: 0, compute: 0, controlPlane: 0, models: 0, total: 0 };

const costs: CostsPage = {
  from: '2026-02-01',
  to: '2026-03-02',
  timezone: 'Europe/Berlin',
  prices: '2026-01-01',
  total: sums(12.5, 6),
  idleDay: 0.0123,
  days: [
    { day: '2026-03-02', ...sums(12) },
    { day: '2026-03-01', ...sums(0.5) },
  ],
  agents: [
    { agent: 'triage', ...sums(12.5, 6), today: 12.01, dollarsPerDay: 20 },
    { agent: 'mender', ...none, today: 0, dollarsPerDay: null },
  ],
};

describe('amounts of money', () => {
  it('have two digits behind the point, and five where they are less than a cent', () => {
    expect(money(12.5)).toBe('$12.50');
    expect(money(1234.567)).toBe('$1234.57');
    expect(money(0.01)).toBe('$0.01');
    expect(money(0.000_17)).toBe('$0.00017');
    expect(money(0)).toBe('$0');
    expect(money(-0.5)).toBe('-$0.50');
  });

  it('are never told as nothing when they are something', () => {
    expect(money(0.000_000_01)).toBe('$0.00001');
    expect(money(0.009_999_9)).toBe('$0.01000');
  });
});

describe('costs on a screen', () => {
  it('are a total, a table of agents and a table of days', () => {
    const lines = costLines(costs, 100, false);
    expect(lines[0]).toBe(
      '$12.50 for 6 runs that ended in 2026-02-01 to 2026-03-02 (Europe/Berlin)',
    );
    expect(lines).toContain(
      'triage  $12.50  6     3 min 20 s  $0.00380  $12.50  $0.00051  $12.01 of $20.00',
    );
    expect(lines).toContain('mender  $0      0                 $0        $0      $0        $0');
    expect(lines.filter((line) => line.startsWith('2026-03-0'))).toHaveLength(2);
    expect(lines.join(' ')).toContain('prices of 2026-01-01');
    expect(lines.join(' ')).toContain('costs $0.01 more');
  });

  it.each([80, 40, 24])('fit a terminal of %d columns', (width) => {
    for (const isOne of [true, false]) {
      const lines = costLines(costs, width, isOne);
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
      expect(lines.join('\n')).toContain('2026-03-02');
    }
  });

  it('of one agent need no table of agents, and say what its budget has left', () => {
    const [agent] = costs.agents;
    const lines = costLines({ ...costs, agents: agent ? [agent] : [] }, 80, true);
    expect(lines[1]).toBe('today $12.01 of $20.00');
    expect(lines.some((line) => line.startsWith('AGENT'))).toBe(false);
  });

  it('of nothing say so', () => {
    const nothing = { ...costs, total: none, days: [], agents: [], from: costs.to };
    expect(costLines(nothing, 80, false)[0]).toBe('no run has ended in 2026-03-02 (Europe/Berlin)');
  });
});
