import { describe, expect, it } from 'vitest';
import { createCallers } from '../../test/calls.ts';
import { projectOf } from '../../test/project.ts';
import { settings } from '../../test/sim/place.ts';
import { leadMs } from '../retention/days.ts';
import { killRun } from '../runs/kill.ts';
import { signal } from '../runs/signal.ts';
import { callAgent } from './call-agent.ts';

const quiet = { webhooks: [] };
const retry = { attempts: 1, exitCodes: null, backoff: 60, maxBackoff: 60 };
const project = projectOf({
  a: { ...quiet, scale: 3, timeout: 3_600 },
  b: { ...quiet, scale: 2 },
  one: { ...quiet, scale: 1, maxWorkQueueSize: 1 },
  again: { ...quiet, retry },
  only: { ...quiet, concurrency: { key: 'deploy', busy: 'skip' } },
  newest: { ...quiet, concurrency: { key: 'deploy', busy: 'cancel' } },
});
const somebody = { who: 'octavia', why: '' };

/** How a call stands for its caller. */
const found = (state: string, returnValue: string | null = null, error: string | null = null) => ({
  outcome: 'found',
  state,
  returnValue,
  error,
});

async function called(target: string) {
  const callers = await createCallers(project);
  const caller = await callers.start('a');
  const made = await callers.call(caller, target);
  const look = () => callers.read(caller, made.callId);
  return { ...callers, ...made, caller, look };
}

describe('a call', () => {
  it('waits with its run, runs with it, and is completed with what it returned', async () => {
    const { world, call, caller, callId, runId, look, read, record, secretOf } =
      await called('one');
    const other = await call(caller, 'one');
    expect(await look()).toEqual(found('running'));
    expect(await read(caller, other.callId)).toEqual(found('pending'));

    await signal(world.ports, secretOf(runId), { kind: 'return', value: 'seven' });
    expect(await look()).toEqual(found('running'));
    await world.exit(runId, { exitCode: 0 });
    expect(await look()).toEqual(found('completed', 'seven'));
    expect(await record(callId)).toMatchObject({
      state: 'completed',
      returnValue: 'seven',
      returnBytes: 5,
      summary: `the call of one by ${caller} has its answer`,
    });
    // When the sweep removes its run, its TTL policy may remove it.
    const goesAt = ((await world.run(runId)).expireAt?.getTime() ?? 0) - leadMs;
    expect((await record(callId)).expireAt).toEqual(new Date(goesAt));
    expect(await read(caller, other.callId)).toEqual(found('running'));
  });

  it.each([
    ['with 0', { exitCode: 0 }, found('completed')],
    ['with 42, which is no rerun here', { exitCode: 42 }, found('completed')],
    ['with a failing code', { exitCode: 7 }, found('error', null, 'agent run failed')],
    ['by a signal', { signal: 9 }, found('error', null, 'agent run failed')],
  ])('is answered when its run exits %s', async (_how, exit, answer) => {
    const { world, runId, look } = await called('b');
    await world.exit(runId, exit);
    expect(await look()).toEqual(answer);
    expect(await world.runs()).toHaveLength(2);
  });

  it('keeps to itself what a run returned that failed', async () => {
    const { world, runId, look, secretOf } = await called('b');
    await signal(world.ports, secretOf(runId), { kind: 'return', value: 'half' });
    await world.exit(runId, { exitCode: 1 });
    expect(await look()).toEqual(found('error', null, 'agent run failed'));
  });

  it('is answered when its run times out', async () => {
    const { world, look } = await called('b');
    await world.advance(90_000);
    expect(await look()).toEqual(found('error', null, 'agent run failed'));
  });

  it('hands up a value of a megabyte, to the byte', async () => {
    const { world, runId, look, secretOf, record, callId } = await called('b');
    const value = 'é"\n'.repeat(250_000);
    await signal(world.ports, secretOf(runId), { kind: 'return', value });
    await world.exit(runId, { exitCode: 0 });
    expect(await look()).toEqual(found('completed', value));
    expect((await record(callId)).returnBytes).toBe(1_000_000);
    expect(JSON.stringify(await record(callId)).length).toBeLessThan(20_000);
    expect(JSON.stringify(await world.run(runId)).length).toBeLessThan(20_000);
  });

  it('waits for the retry of a run that failed, and is answered once', async () => {
    const { world, runId, callId, look, record } = await called('again');
    await world.exit(runId, { exitCode: 1 });
    const { next } = await world.run(runId);
    expect(await look()).toEqual(found('pending'));
    expect(await record(callId)).toMatchObject({ run: next, state: 'pending' });
    expect(await world.run(next ?? '')).toMatchObject({
      calledBy: (await world.run(runId)).calledBy,
    });
    await world.advance(30_000);
    await world.sweep();
    await world.advance(31_000);
    expect(await world.run(next ?? '')).toMatchObject({ state: 'running' });
    await world.exit(next ?? '', { exitCode: 0 });
    expect(await record(callId)).toMatchObject({ state: 'completed', run: next });
  });

  it('has come to nothing when its retry fails as well, or is killed while it waits', async () => {
    for (const end of ['fails', 'is killed'] as const) {
      const { world, runId, look } = await called('again');
      await world.exit(runId, { exitCode: 1 });
      const next = (await world.run(runId)).next ?? '';
      if (end === 'fails') {
        await world.advance(65_000);
        await world.exit(next, { exitCode: 1 });
      } else await killRun(world.ports, world.releases, next, somebody);
      const why = end === 'fails' ? 'agent run failed' : 'agent run was cancelled';
      expect(await look()).toEqual(found('error', null, why));
    }
  });

  it('is answered in the commit that drops its run from a full queue', async () => {
    const { world, caller, call, read } = await called('one');
    const oldest = await call(caller, 'one');
    const newest = await call(caller, 'one');
    expect((await world.run(oldest.runId)).state).toBe('dropped');
    expect(await read(caller, oldest.callId)).toEqual(
      found('error', null, 'agent run was dropped'),
    );
    expect(await read(caller, newest.callId)).toEqual(found('pending'));
  });

  it('is answered when its run is skipped for its key', async () => {
    const { world, caller, call, read } = await called('only');
    const second = await call(caller, 'only');
    expect((await world.run(second.runId)).reason).toBe('key_busy');
    expect(await read(caller, second.callId)).toEqual(
      found('error', null, 'agent run was dropped'),
    );
  });

  it('is answered when a later run takes the place of its own, queued or running', async () => {
    const { world, caller, callId, request, read, look } = await called('newest');
    const ids: string[] = [callId];
    // Both are queued before anybody looks.
    for (const next of [await request(caller, 'newest'), await request(caller, 'newest')]) {
      if (next.outcome === 'accepted') ids.push(next.callId);
    }
    await world.advance(30_000);
    expect(await look()).toEqual(found('error', null, 'agent run failed'));
    const queued = [await read(caller, ids[1] ?? ''), await read(caller, ids[2] ?? '')];
    expect(queued).toContainEqual(found('error', null, 'agent run was cancelled'));
    expect(queued).toContainEqual(found('running'));
  });

  it.each(['queued', 'launching', 'running'] as const)(
    'is answered when its run is killed %s',
    async (state) => {
      const { world, caller, call, read } = await called('one');
      const first = (await world.slots('one'))[0] ?? '';
      const { callId, runId } =
        state === 'running' ? await call(caller, 'b') : await call(caller, 'one');
      if (state === 'launching') {
        world.prompt = false;
        await world.exit(first, { exitCode: 0 });
      }
      expect((await world.run(runId)).state).toBe(state);
      await killRun(world.ports, world.releases, runId, somebody);
      const why = state === 'queued' ? 'agent run was cancelled' : 'agent run failed';
      if (state !== 'running')
        expect(await read(caller, callId)).toEqual(found('error', null, why));
      await world.advance(30_000);
      expect(await read(caller, callId)).toEqual(found('error', null, why));
    },
  );

  it('has come to nothing when its caller exits; what it started goes on, and its result is dropped', async () => {
    const { world, caller, callId, runId, record, secretOf } = await called('b');
    await world.exit(caller, { exitCode: 0 });
    const failed = { state: 'error', error: 'caller container exited', returnValue: null };
    expect(await record(callId)).toMatchObject(failed);
    expect((await world.run(runId)).state).toBe('running');
    await signal(world.ports, secretOf(runId), { kind: 'return', value: 'late' });
    await world.exit(runId, { exitCode: 0 });
    expect(await world.run(runId)).toMatchObject({ state: 'succeeded', returnValue: 'late' });
    expect(await record(callId)).toMatchObject(failed);
  });

  it('keeps its answer when its caller exits', async () => {
    const { world, caller, callId, runId, record } = await called('b');
    await world.exit(runId, { exitCode: 0 });
    await world.exit(caller, { exitCode: 0 });
    expect(await record(callId)).toMatchObject({ state: 'completed', error: null });
  });

  it('has come to nothing when its caller exits, however many there are', async () => {
    const many = projectOf({ a: quiet, b: { ...quiet, maxWorkQueueSize: 500 } });
    const { world, start, request, records } = await createCallers(many);
    const a = await start('a');
    for (let n = 0; n < 170; n += 1) await request(a, 'b');
    await world.exit(a, { exitCode: 0 });
    const errors = (await records()).map(({ data }) => data.error);
    expect(errors).toEqual(Array.from({ length: 170 }, () => 'caller container exited'));
    expect((await world.run(a)).dueAt).toBeNull();
  });

  it('times out after two hours, whoever is the first to look', async () => {
    const slow = { ...quiet, timeout: 20_000, scale: 2 };
    const callers = await createCallers(projectOf({ a: slow, b: slow }));
    const { world, start, call, read, record } = callers;
    const a = await start('a');
    const [looked, ended] = [await call(a, 'b'), await call(a, 'b')];
    await world.advance(2 * 3_600_000 - 5_000);
    expect(await read(a, looked.callId)).toEqual(found('running'));
    await world.advance(5_000);
    const late = found('error', null, 'call timed out');
    expect(await read(a, looked.callId)).toEqual(late);
    await world.exit(looked.runId, { exitCode: 0 });
    await world.exit(ended.runId, { exitCode: 0 });
    expect(await read(a, looked.callId)).toEqual(late);
    expect(await record(ended.callId)).toMatchObject({
      error: 'call timed out',
      returnValue: null,
    });
  });

  it('is seen by the run that made it, and by no other', async () => {
    const { world, callId, runId, caller, start, read, look } = await called('b');
    const other = await start('a');
    expect(await read(other, callId)).toEqual({ outcome: 'no such call' });
    expect(await read(runId, callId)).toEqual({ outcome: 'no such call' });
    for (const id of ['', 'x', `${callId}/x`, '../runs', 'é', `${callId}0`, 'a'.repeat(2_000)]) {
      expect(await read(caller, id)).toEqual({ outcome: 'no such call' });
    }
    await world.exit(caller, { exitCode: 0 });
    expect(await look()).toEqual({ outcome: 'no such run' });
  });
});

describe('a call that is made in the very moment of its caller’s end', () => {
  it('is either refused, or fails with it', async () => {
    let exit = async (): Promise<void> => {};
    let isArmed = false;
    const { world, start, request, records, secretOf } = await createCallers(project, {
      wrap: (ports) => ({
        ...ports,
        documents: {
          ...ports.documents,
          commit: async (writes) => {
            if (isArmed && writes.some(({ path }) => path.startsWith('calls/'))) {
              isArmed = false;
              await exit();
            }
            return ports.documents.commit(writes);
          },
        },
      }),
    });
    const a = await start('a');
    exit = () => world.exit(a, { exitCode: 0 });
    isArmed = true;
    expect(await request(a, 'b')).toEqual({ outcome: 'no such run' });
    expect(await records()).toEqual([]);
    const late = { secret: secretOf(a), target: 'b', context: '', key: null, wantsAnswer: true };
    expect(await callAgent(world.ports, settings, world.releases, late)).toEqual({
      outcome: 'no such run',
    });
    expect(await world.runs()).toHaveLength(1);
  });
});
