import { describe, expect, it } from 'vitest';
import type { Call } from '../../shared/calls/call.ts';
import { type Lock, lockPath, type Wait } from '../../shared/locks/lock.ts';
import { controlOf } from '../../test/control.ts';
import { projectOf } from '../../test/project.ts';
import { createWorld } from '../../test/world.ts';

/** A world in which a run runs. */
async function running() {
  const world = await createWorld({ project: projectOf({ triage: {} }) });
  const { triage = '' } = await world.deliver('d1');
  await world.settle();
  return { world, run: triage, control: await controlOf(world) };
}

const at = (seconds: number): Date =>
  new Date(Date.parse('2026-03-01T12:00:00Z') + 1_000 * seconds);

function lockOf(key: string, holder: string | null, until: Date): Lock {
  return {
    key,
    summary: '',
    holder,
    agent: holder && 'triage',
    fence: 7,
    takenAt: at(0),
    since: at(0),
    until,
    last: null,
    dueAt: null,
  };
}

describe('the list of locks', () => {
  it('has those that are held now, and who waits for them', async () => {
    const { world, run, control } = await running();
    const wait: Wait = { key: 'deploy://api', until: at(60), expireAt: at(600) };
    const old: Wait = { key: 'deploy://api', until: at(-1), expireAt: at(600) };
    const locks = [
      lockOf('deploy://api', run, at(900)),
      lockOf('deploy://web', run, at(60)),
      lockOf('deploy://given-back', null, at(900)),
      lockOf('deploy://lapsed', run, at(-1)),
      lockOf('deploy://of-the-dead', 'triage-zzzzzzzz', at(900)),
    ];
    await world.ports.documents.commit([
      ...locks.map((data) => ({ op: 'create', path: lockPath(data.key), data }) as const),
      { op: 'create', path: 'waits/triage-waits', data: wait },
      { op: 'create', path: 'waits/triage-waited', data: old },
    ]);
    const { json } = await control.get('/v1/locks');
    expect(json.locks).toMatchObject([
      { key: 'deploy://web', holder: run, agent: 'triage', fence: 7, waiting: [] },
      { key: 'deploy://api', holder: run, waiting: ['triage-waits'] },
    ]);
    expect((await control.get('/locks/status')).json.locks[0]).toEqual({
      resourceKey: 'deploy://web',
      agentName: 'triage',
      holder: run,
      heldSince: at(0).getTime(),
    });
    expect((await control.get('/v1/locks?limit=1')).json.locks).toHaveLength(1);
  });

  it('loses one that an operator takes away, who is in the audit', async () => {
    const { world, run, control } = await running();
    const data = lockOf('deploy://api', run, at(900));
    await world.ports.documents.commit([{ op: 'create', path: lockPath(data.key), data }]);
    const take = () => control.post('/v1/locks/break', { key: data.key, why: 'it hangs' });
    expect((await take()).json).toEqual({ outcome: 'broken', holder: run });
    expect((await take()).json).toEqual({ outcome: 'free', holder: null });
    expect((await control.get('/v1/locks')).json.locks).toEqual([]);
    expect((await control.get('/v1/audit')).json.entries).toMatchObject([
      { who: 'key:default', why: 'it hangs', action: 'lock.break' },
    ]);
  });

  it('loses none to somebody who names another fence, or what is none', async () => {
    const { world, run, control } = await running();
    const data = lockOf('deploy://api', run, at(900));
    await world.ports.documents.commit([{ op: 'create', path: lockPath(data.key), data }]);
    const take = (fence: unknown) => control.post('/v1/locks/break', { key: data.key, fence });
    expect((await take(data.fence + 1)).json).toEqual({ outcome: 'free', holder: null });
    for (const wrong of [-1, 1.5, '1', null]) expect((await take(wrong)).status).toBe(400);
    expect((await control.get('/v1/locks')).json.locks).toHaveLength(1);
    const taken = { outcome: 'broken', holder: run };
    expect((await take(data.fence)).json).toEqual(taken);
    expect((await take(data.fence)).json).toEqual(taken);
  });

  it('has none of a run that is over', async () => {
    const { world, run, control } = await running();
    const data = lockOf('deploy://api', run, at(900));
    await world.ports.documents.commit([{ op: 'create', path: lockPath(data.key), data }]);
    await world.exit(run, { exitCode: 0 });
    expect((await control.get('/v1/locks')).json.locks).toEqual([]);
  });
});

describe('the list of calls', () => {
  it('has the newest first, page by page', async () => {
    const { world, control } = await running();
    const callAt = (seconds: number): Call => ({
      summary: 'triage called other',
      caller: 'triage-aaaaaaaa',
      callerAgent: 'triage',
      agent: 'other',
      run: null,
      state: 'pending',
      depth: 1,
      returnValue: null,
      returnBytes: null,
      error: null,
      at: at(seconds),
      keptDays: 14,
      expireAt: null,
    });
    await world.ports.documents.commit(
      [1, 2, 3].map((n) => ({ op: 'create', path: `calls/c${n}`, data: callAt(n) })),
    );
    const first = await control.get('/v1/calls?limit=2');
    expect(first.json.calls).toMatchObject([{ id: 'c3', state: 'pending' }, { id: 'c2' }]);
    const rest = await control.get(`/v1/calls?limit=2&cursor=${first.json.next}`);
    expect(rest.json).toMatchObject({ calls: [{ id: 'c1' }], next: null });
  });
});

describe('the audit', () => {
  it('has who did what, when and why, the newest first, page by page', async () => {
    const { world, control } = await running();
    await control.post('/v1/agents/triage/pause', { why: 'one' });
    await world.advance(1_000);
    const asking = { headers: { 'x-drover-why': 'two' } };
    await control.post('/v1/agents/triage/resume', undefined, asking);
    await world.advance(1_000);
    await control.post('/v1/project/pause', { why: 'three' }, asking);
    const first = await control.get('/v1/audit?limit=2');
    expect(first.json.entries).toMatchObject([
      { who: 'key:default', action: 'project.pause', why: 'three', target: 'project/current' },
      { who: 'key:default', action: 'agent.resume', why: 'two', target: 'agents/triage' },
    ]);
    const rest = await control.get(`/v1/audit?cursor=${first.json.next}`);
    expect(rest.json).toMatchObject({ entries: [{ why: 'one' }], next: null });
  });
});
