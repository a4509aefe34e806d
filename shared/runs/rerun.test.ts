import { describe, expect, it } from 'vitest';
import { rerun } from './rerun.ts';
import type { OriginTrigger, Trigger } from './trigger.ts';

const schedule: OriginTrigger = { type: 'schedule', due: '2026-03-01T12:00:00.000Z' };
const manual: OriginTrigger = { type: 'manual', by: 'octavia' };
const webhook: OriginTrigger = { type: 'webhook', source: 'github', delivery: 'github:1' };
const replay: OriginTrigger = { ...webhook, type: 'replay', by: 'octavia' };

function chained(origin: OriginTrigger, reruns: number, retries = 0): { trigger: Trigger } {
  const because = retries > 0 ? 'retry' : 'asked';
  const of = 'triage-aaaaaaaa';
  return { trigger: { type: 'rerun', of, because, reruns, retries, origin } };
}

describe('a run that asks to run again', () => {
  it.each([schedule, manual])('does, at once, when its origin is $type', (trigger) => {
    expect(rerun({ trigger }, { maxReruns: 10 })).toEqual({
      follows: true,
      because: 'asked',
      reruns: 1,
      retries: 0,
      waitMs: 0,
      why: 'rerun 1 of at most 10',
    });
  });

  it.each([webhook, replay])('does not when its origin is $type, and says why', (trigger) => {
    expect(rerun({ trigger }, { maxReruns: 10 })).toEqual({
      follows: false,
      why: 'it does not run again: only what a schedule or a person started does',
    });
  });

  it('does as often in a row as maxReruns says, and no more', () => {
    expect(rerun(chained(schedule, 1), { maxReruns: 2 })).toMatchObject({
      follows: true,
      reruns: 2,
    });
    expect(rerun(chained(schedule, 2), { maxReruns: 2 })).toEqual({
      follows: false,
      why: 'it does not run again: its maxReruns is 2',
    });
    expect(rerun({ trigger: manual }, { maxReruns: 0 }).follows).toBe(false);
  });

  it('has its retries behind it, and its reruns not', () => {
    expect(rerun(chained(manual, 1, 3), { maxReruns: 2 })).toMatchObject({ reruns: 2, retries: 0 });
    expect(rerun(chained(manual, 2, 1), { maxReruns: 2 }).follows).toBe(false);
  });
});
