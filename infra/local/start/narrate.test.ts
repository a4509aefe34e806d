import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../shared/runs/logs.ts';
import type { Run } from '../../../shared/runs/run.ts';
import { createNarrator } from './narrate.ts';

/** A run as far as its story needs it: the steps by second since noon. */
function run(steps: [second: number, state: string, why: string][], rest: Partial<Run> = {}): Run {
  const at = (second: number): string =>
    new Date(Date.UTC(2026, 0, 1, 12) + second * 1_000).toISOString();
  const timeline = steps.map(([second, state, why]) => ({ at: at(second), state, why }));
  const told = { timeline, status: null, execution: 'job-a1', cleanedAt: null, ...rest };
  return told as Partial<Run> as Run;
}

function line(second: number, text: string): LogLine {
  return { at: `2026-01-01T12:00:0${second}.000Z`, insertId: text, severity: 'DEFAULT', text };
}

const queued: [number, string, string] = [0, 'queued', 'somebody asked'];
const running: [number, string, string] = [1.25, 'running', 'it was started'];
const succeeded: [number, string, string] = [2, 'succeeded', 'it ended well'];

describe('the narrator of a run', () => {
  it('tells each step once, with its time since the first and the way it took', () => {
    const { tell } = createNarrator();
    expect(tell(run([queued]), [])).toEqual([
      '  +0.00 s  queued     somebody asked',
      expect.stringContaining('Cloud Tasks'),
    ]);
    expect(tell(run([queued]), [])).toEqual([]);
    expect(tell(run([queued, running]), [])).toEqual([
      '  +1.25 s  running    it was started',
      expect.stringContaining('Cloud Run'),
    ]);
  });

  it('tells what the agent says of itself when it changes', () => {
    const { tell } = createNarrator();
    tell(run([queued]), []);
    expect(tell(run([queued], { status: 'reading' }), [])).toEqual([
      '           status     reading',
    ]);
    expect(tell(run([queued], { status: 'reading' }), [])).toEqual([]);
  });

  it('tells each line of the log once, also one that arrives late among those told', () => {
    const { tell } = createNarrator();
    tell(run([queued]), [line(1, 'first'), line(3, 'third')]);
    const told = tell(run([queued]), [line(1, 'first'), line(2, 'second'), line(3, 'third')]);
    expect(told).toEqual(['           log        second']);
  });

  it('shows the message of a structured line, and any other line as it is', () => {
    const { tell } = createNarrator();
    const log = [
      line(1, '{"_log":true,"level":"info","msg":"hello"}'),
      line(2, '{"msg":"no log line"}'),
      line(3, '{not json'),
    ];
    expect(tell(run([]), log).map((text) => text.slice(22))).toEqual([
      expect.stringContaining('Pub/Sub'),
      'hello',
      '{"msg":"no log line"}',
      '{not json',
    ]);
  });

  it('puts what the run said before its end, and its cleaning after', () => {
    const { tell } = createNarrator();
    const over = run([queued, running, succeeded], { cleanedAt: '2026-01-01T12:00:02.500Z' });
    const told = tell(over, [line(1, 'hello')]).map((text) => text.slice(11, 21).trim());
    expect(told.filter((what) => what !== '')).toEqual([
      'queued',
      'running',
      'log',
      'log',
      'succeeded',
      'cleaned',
    ]);
  });

  it('claims no way through Cloud Run for a run that never had an execution', () => {
    const { tell } = createNarrator();
    tell(run([queued]), []);
    const failed = run([queued, [1, 'failed', 'a credential is missing']], { execution: null });
    expect(tell(failed, [])).toEqual(['  +1.00 s  failed     a credential is missing']);
  });
});
