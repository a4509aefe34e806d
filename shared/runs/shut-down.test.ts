import { describe, expect, it } from 'vitest';
import { octavia } from '../../test/ask.ts';
import { createCallers } from '../../test/calls.ts';
import { auditsOfKills } from '../../test/kills.ts';
import { projectOf } from '../../test/project.ts';
import { acquireLock } from '../locks/acquire.ts';
import { CloudError } from '../ports/index.ts';
import { killRun } from './kill.ts';
import { shutDown } from './shut-down.ts';
import { signal } from './signal.ts';

const retry = { attempts: 1, exitCodes: null, backoff: 1, maxBackoff: 1 };

async function running(cancel?: () => Promise<never>) {
  const callers = await createCallers(projectOf({ a: { retry }, b: {} }), {
    wrap: (ports) => (cancel ? { ...ports, jobs: { ...ports.jobs, cancel } } : ports),
  });
  const { world, secretOf } = callers;
  const run = await callers.start('a');
  const shut = (reason = 'somebody asked me for my keys') =>
    shutDown(world.ports, world.releases, secretOf(run), reason);
  return { ...callers, run, shut };
}

describe('an agent that has itself shut down', () => {
  it('is killed, by itself and for the reason that it gave', async () => {
    const { world, run, shut } = await running();
    expect(await shut()).toBe(`drover-${run}`);
    await world.advance(10_000);
    expect(await world.run(run)).toMatchObject({
      state: 'killed',
      reason: 'killed',
      stop: { reason: 'killed', by: 'agent', why: 'somebody asked me for my keys' },
      summary: 'a killed: it had itself shut down: somebody asked me for my keys',
      next: null,
    });
    expect(world.running.size).toBe(0);
    expect(await world.leftovers()).toEqual([]);
    expect(await auditsOfKills(world)).toEqual([
      `agent runs/${run}: somebody asked me for my keys`,
    ]);
  });

  it('has nothing more to say, although its container may live on for a while', async () => {
    const refused = () => Promise.reject(new CloudError('unavailable', 'not now'));
    const { world, run, shut, request, read, secretOf } = await running(refused);
    const called = await request(run, 'b');
    const callId = called.outcome === 'accepted' ? called.callId : '';
    expect(await shut()).toBe(`drover-${run}`);
    expect(await world.run(run)).toMatchObject({ state: 'ending', shutDown: true });
    const secret = secretOf(run);
    expect(await signal(world.ports, secret, { kind: 'rerun' })).toBe(false);
    const lock = { secret, key: 'deploy://api' };
    expect(await acquireLock(world.ports, world.releases, lock)).toEqual({
      outcome: 'no such run',
    });
    expect(await request(run, 'b')).toEqual({ outcome: 'no such run' });
    expect(await read(run, callId)).toEqual({ outcome: 'no such run' });
    expect(await shut()).toBeUndefined();
  });

  it('has nothing more to say where somebody else had it stopped before, whose reason stands', async () => {
    const refused = () => Promise.reject(new CloudError('unavailable', 'not now'));
    const { world, run, shut, secretOf } = await running(refused);
    await killRun(world.ports, world.releases, run, { ...octavia, why: 'wrong branch' });
    expect(await shut()).toBe(`drover-${run}`);
    expect(await signal(world.ports, secretOf(run), { kind: 'rerun' })).toBe(false);
    expect(await world.run(run)).toMatchObject({ shutDown: true, stop: { by: octavia.who } });
  });

  it('fails the calls that it had made, and the call that it was asked by', async () => {
    const { world, start, call, record, secretOf } = await running();
    const b = await start('b');
    const { callId, runId } = await call(b, 'a');
    // The one that runs already has the slot.
    await world.advance(70_000);
    expect((await world.run(runId)).state).toBe('running');
    await shutDown(world.ports, world.releases, secretOf(runId), '');
    await world.advance(10_000);
    expect((await world.run(runId)).summary).toBe('a killed: it had itself shut down');
    expect(await record(callId)).toMatchObject({ state: 'error' });
  });

  it('is not tried again when its container fails before it is reached', async () => {
    const refused = () => Promise.reject(new CloudError('unavailable', 'not now'));
    const { world, run, shut } = await running(refused);
    await shut();
    await world.exit(run, { exitCode: 1 });
    expect(await world.run(run)).toMatchObject({ state: 'failed', next: null });
  });

  it('keeps its reason to one sentence', async () => {
    const { world, run, shut } = await running();
    await shut('x'.repeat(100_000));
    expect((await world.run(run)).stop?.why).toHaveLength(303);
  });

  it('is unknown when nobody has the secret, or its run is over', async () => {
    const { world, run, shut } = await running();
    expect(await shutDown(world.ports, world.releases, 'x', '')).toBeUndefined();
    const forged = `${run}.${'0'.repeat(64)}`;
    expect(await shutDown(world.ports, world.releases, forged, '')).toBeUndefined();
    expect((await world.run(run)).state).toBe('running');
    await world.exit(run, { exitCode: 0 });
    expect(await shut()).toBeUndefined();
    expect((await world.run(run)).state).toBe('succeeded');
  });
});
