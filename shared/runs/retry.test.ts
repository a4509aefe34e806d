import { describe, expect, it } from 'vitest';
import type { Retry } from '../projects/project.ts';
import type { Reason } from './reasons.ts';
import { backoffMs, retry } from './retry.ts';
import type { OriginTrigger, Trigger } from './trigger.ts';

const policy: Retry = { attempts: 3, exitCodes: null, backoff: 10, maxBackoff: 60 };
const webhook: OriginTrigger = { type: 'webhook', source: 'github', delivery: 'github:1' };

function chained(retries: number, reruns = 0): { trigger: Trigger } {
  const of = 'triage-aaaaaaaa';
  return { trigger: { type: 'rerun', of, because: 'retry', reruns, retries, origin: webhook } };
}

function isRetried(reason: Reason, exitCode?: number, with_: Partial<Retry> = {}): boolean {
  const ending = exitCode === undefined ? { reason } : { reason, exitCode };
  return retry({ trigger: webhook }, ending, { ...policy, ...with_ }, 0).follows;
}

describe('a failed run', () => {
  it.each([
    'signal',
    'out_of_memory',
    'interrupted',
    'container_not_started',
    'launch_failed',
  ] as const)('is tried again after %s, which may well go otherwise', (reason) => {
    expect(isRetried(reason)).toBe(true);
  });

  it.each([
    ['image_not_found', 'the image would be missing again'],
    ['secret_unreadable', 'the secret would be unreadable again'],
    ['credential_missing', 'the credential would be missing again'],
    ['launch_refused', 'Cloud Run would refuse it again'],
    ['timeout', 'it would take as long again'],
    ['agent_timeout', 'it would take as long again'],
    ['execution_vanished', 'nobody knows what it did'],
    ['killed', 'somebody ended it'],
    ['superseded', 'a later run took its place'],
    ['cancelled_outside', 'somebody ended it'],
    ['completed', 'it did well'],
    ['rerun_requested', 'it did well'],
    ['queue_overflow', 'it never ran'],
    ['key_busy', 'it never ran'],
  ] as const)('is not tried again after %s, because %s', (reason, why) => {
    const answer = retry({ trigger: webhook }, { reason }, policy, 0);
    expect(answer).toEqual({ follows: false, why: `it is not retried: ${why}` });
  });

  it('is tried again whatever started it', () => {
    const schedule = { type: 'schedule', due: '2026-03-01T12:00:00.000Z' } as const;
    const manual = { type: 'manual', by: 'octavia' } as const;
    for (const trigger of [schedule, manual, webhook]) {
      const answer = retry({ trigger }, { reason: 'signal' }, policy, 0);
      expect(answer).toMatchObject({ follows: true, because: 'retry', retries: 1 });
    }
  });

  it('is tried again as often in a row as attempts says, and no more', () => {
    const ending = { reason: 'signal' } as const;
    expect(retry(chained(2, 5), ending, policy, 0)).toMatchObject({ retries: 3, reruns: 5 });
    expect(retry(chained(3), ending, policy, 0)).toEqual({
      follows: false,
      why: 'it is not retried: its retry.attempts is 3',
    });
  });
});

/** Why a run that this exit code ended is not tried again. */
function refusal(exitCode: number, exitCodes: number[] | null): string {
  const ending = { reason: 'exit_code', exitCode } as const;
  return retry({ trigger: webhook }, ending, { ...policy, exitCodes }, 0).why;
}

describe('an exit code', () => {
  it('is tried again by default, but for those that say themselves that it is useless', () => {
    const codes = [1, 10, 11, 12, 13, 14, 15, 16, 77];
    const retried = codes.filter((code) => isRetried('exit_code', code));
    expect(retried).toEqual([1, 10, 11, 12, 14, 77]);
  });

  it('is tried again when it is among those that are named, and only then', () => {
    const exitCodes = [12, 15];
    expect(isRetried('exit_code', 12, { exitCodes })).toBe(true);
    expect(isRetried('exit_code', 15, { exitCodes })).toBe(true);
    expect(isRetried('exit_code', 1, { exitCodes })).toBe(false);
  });

  it('that is not tried again says why', () => {
    expect(refusal(13, null)).toBe('it is not retried: exit code 13 says that it is useless');
    expect(refusal(13, [12])).toBe(
      'it is not retried: exit code 13 is not among its retry.exit_codes',
    );
  });

  it('that nobody knows is not held against those that are named', () => {
    expect(isRetried('exit_code', undefined, { exitCodes: [12] })).toBe(true);
  });

  it('124, the own timer of the container, is tried again only when it is named', () => {
    expect(isRetried('agent_timeout', 124)).toBe(false);
    expect(isRetried('agent_timeout', 124, { exitCodes: [1] })).toBe(false);
    expect(isRetried('agent_timeout', 124, { exitCodes: [124] })).toBe(true);
  });

  it('matters to no other ending', () => {
    expect(isRetried('signal', 137, { exitCodes: [1] })).toBe(true);
    expect(isRetried('timeout', 1, { exitCodes: [1] })).toBe(false);
  });
});

describe('the time before a retry', () => {
  it('doubles with each, up to the longest', () => {
    const longest = [1, 2, 3, 4, 5, 50, 2_000].map((n) => backoffMs(policy, n, 0) * 2);
    expect(longest).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000]);
  });

  it('is drawn from its upper half', () => {
    expect(backoffMs(policy, 1, 0)).toBe(5_000);
    expect(backoffMs(policy, 1, 0.5)).toBe(7_500);
    expect(backoffMs(policy, 1, 0.999)).toBeLessThanOrEqual(10_000);
  });

  it('is none where none is wanted', () => {
    expect(backoffMs({ backoff: 0, maxBackoff: 60 }, 1, 0.5)).toBe(0);
    expect(backoffMs({ backoff: 0, maxBackoff: 60 }, 2_000, 0.5)).toBe(0);
  });
});
