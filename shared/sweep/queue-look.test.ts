import { describe, expect, it } from 'vitest';
import { sweepMs } from '../runs/due.ts';
import { queueLook, waitingMs } from './queue-look.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const ports = { random: { fraction: () => 0.5, bytes: () => new Uint8Array() } };
const waited = (ms: number) => ({ admittedAt: new Date(now - ms), notBefore: null });

describe('the next look of the sweep at a queued run', () => {
  it('comes after three minutes while the queue is short, however long it has waited', () => {
    const look = queueLook(ports, waited(10 * 3_600_000), undefined, now);
    expect(look).toEqual(new Date(now + waitingMs));
  });

  it('comes later the longer it has waited in a long queue', () => {
    const look = (ms: number) => queueLook(ports, waited(ms), 1_000, now).getTime() - now;
    expect(look(sweepMs)).toBe(waitingMs);
    expect(look(10 * sweepMs)).toBe(10 * sweepMs);
    expect(look(60 * sweepMs)).toBe(60 * sweepMs);
  });

  it('leaves a queue as a whole two looks a minute, and each run of it one an hour', () => {
    const look = queueLook(ports, waited(24 * 60 * sweepMs), 20, now);
    expect(look).toEqual(new Date(now + 10 * sweepMs));
    const late = queueLook(ports, waited(24 * 60 * sweepMs), 10_000, now);
    expect(late).toEqual(new Date(now + 60 * sweepMs));
  });

  it('does not come before the time that a run has to wait for', () => {
    const run = { admittedAt: new Date(now), notBefore: new Date(now + 30 * sweepMs) };
    expect(queueLook(ports, run, undefined, now)).toEqual(new Date(now + 31 * sweepMs));
    expect(queueLook(ports, run, 50, now)).toEqual(new Date(now + 31 * sweepMs));
  });

  it('is not at one time for all that came together', () => {
    const look = (fraction: number) =>
      queueLook(
        { random: { ...ports.random, fraction: () => fraction } },
        waited(3_600_000),
        100,
        now,
      );
    expect(look(0).getTime()).toBeLessThan(look(0.99).getTime());
  });
});
