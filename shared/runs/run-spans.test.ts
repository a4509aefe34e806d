import { describe, expect, it } from 'vitest';
import type { Document } from '../ports/index.ts';
import type { Run } from './run.ts';
import { runSpans } from './run-spans.ts';
import { spanOf, traceparent } from './trace.ts';

const id = 'triage-abcdefgh';
const trace = '0123456789abcdef0123456789abcdef';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function over(fields: Partial<Run> = {}): Document<Run> {
  const data = {
    agent: 'triage',
    state: 'succeeded',
    reason: 'completed',
    release: 'r1',
    trace,
    trigger: { type: 'webhook', source: 'code', delivery: 'code:1' },
    times: { queued: at(0), launching: at(2), running: at(5), succeeded: at(65) },
    ...fields,
  } as Run;
  return { id, path: `runs/${id}`, data, version: '1' as Document['version'] };
}

describe('a run that is over', () => {
  it('is a span from its admission to its end, and below it one for each state', () => {
    const [run, ...states] = runSpans(over());
    expect(run).toMatchObject({
      trace,
      id: spanOf(id),
      parent: null,
      name: 'run triage',
      startedAt: Date.parse(at(0)),
      endedAt: Date.parse(at(65)),
      attributes: { 'drover.run': id, 'drover.state': 'succeeded', 'drover.reason': 'completed' },
      isError: false,
    });
    const told = states.map(({ name, parent, startedAt, endedAt }) => [
      name,
      parent,
      (endedAt - startedAt) / 1_000,
    ]);
    expect(told).toEqual([
      ['queued', spanOf(id), 2],
      ['launching', spanOf(id), 3],
      ['running', spanOf(id), 60],
    ]);
    expect(new Set([run, ...states].map((span) => span?.id)).size).toBe(4);
  });

  it('is the span that its container was told', () => {
    expect(traceparent(trace, id)).toBe(`00-${trace}-${runSpans(over())[0]?.id}-01`);
  });

  it.each([
    ['the request that asked for it', { askedBy: '00f067aa0ba902b7' }, '00f067aa0ba902b7'],
    [
      'the run that called for it',
      { trigger: { type: 'call', call: null, caller: 'boss-abcdefgh', chain: ['boss'], depth: 1 } },
      spanOf('boss-abcdefgh'),
    ],
    [
      'the run that it follows',
      {
        trigger: {
          type: 'rerun',
          of: 'triage-bbbbbbbb',
          because: 'retry',
          reruns: 0,
          retries: 1,
          origin: { type: 'manual', by: 'octavia' },
        },
      },
      spanOf('triage-bbbbbbbb'),
    ],
  ] as const)('is a part of %s', (_what, fields, parent) => {
    expect(runSpans(over(fields as Partial<Run>))[0]?.parent).toBe(parent);
  });

  it.each([
    ['failed', true],
    ['timed_out', true],
    ['lost', true],
    ['killed', false],
  ] as const)('and %s is an error: %s', (state, isError) => {
    const times = { queued: at(0), running: at(1), [state]: at(2) };
    expect(runSpans(over({ state, times }))[0]?.isError).toBe(isError);
  });

  it('has one state where it never left the queue', () => {
    const times = { queued: at(0), dropped: at(9) };
    const spans = runSpans(over({ state: 'dropped', reason: 'queue_overflow', times }));
    expect(spans.map(({ name }) => name)).toEqual(['run triage', 'queued']);
  });
});

it('a run that is not over is no span yet', () => {
  expect(runSpans(over({ state: 'running', times: { queued: at(0), running: at(1) } }))).toEqual(
    [],
  );
});
