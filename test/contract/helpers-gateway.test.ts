import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Call } from '../../shared/calls/call.ts';
import type { Run } from '../../shared/runs/run.ts';
import type { Ran } from '../agent-image/run-script.ts';
import { describeInContainers } from '../agent-image/shells.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Speaker, wireCallers } from '../wire/callers.ts';
import { type Command, helperCommands, losingAnswers, ran } from './helpers.ts';

let drover: TestDrover;
const wire = wireCallers(() => drover);
const commands = helperCommands(() => drover);
const { newRun, runOf, started, exit } = wire;
const quiet = { webhooks: [], timeout: 600 };
beforeAll(async () => {
  const worker = { ...quiet, scale: 50 };
  const project = projectOf({ lead: quiet, worker, single: quiet, off: { ...quiet, scale: 0 } });
  drover = await startDrover({ project, program: wire.program });
});
afterAll(async () => {
  await drover.close();
  wire.remove();
  commands.remove();
});

let keys = 0;
/** A key that nobody else locks, with what a careless script would break. */
function newKey(): string {
  keys += 1;
  return `github://acme/app/issues/${keys}?say="hi" $HOME \\n é`;
}

const refused = (reason: string): Ran => ran(1, `${JSON.stringify({ ok: false, reason })}\n`);
const invalid = ran(3, '{"error":"invalid secret"}\n');
const wrong = ({ id }: Speaker): string => `${id}.${'0'.repeat(64)}`;
const isOver = (id: string, state: Run['state']): Promise<unknown> =>
  eventually(async () => (await runOf(id)).state === state);

const locking = ['rlock', 'runlock', 'rlock-heartbeat'];
const calling = ['al-subagent', 'al-call'];
const checking = ['al-subagent-check', 'al-check'];
const waiting = ['al-subagent-wait', 'al-wait'];
const asking = [...locking, ...calling, ...checking, 'al-shutdown'];
const silent = 'http://127.0.0.1:1';

describeInContainers('a helper at the gateway', (shell) => {
  const run = (name: string, more: Omit<Command, 'name'> = {}): Promise<Ran> =>
    commands.run(shell, { name, ...more });
  const lock = (name: string, { secret }: Speaker, key: string): Promise<Ran> =>
    run(name, { secret, args: [key] });

  /** Calls an agent; answers with the id of the call and that of the run. */
  async function call(caller: Speaker, agent = 'worker', stdin = 'Go.', name = 'al-subagent') {
    const answer = await run(name, { secret: caller.secret, args: [agent], stdin });
    expect(answer).toEqual(
      ran(0, expect.stringMatching(/^\{"ok":true,"callId":"[0-9a-f-]+"\}\n$/)),
    );
    const { callId } = JSON.parse(answer.stdout) as { callId: string };
    const record = await drover.cloud.documents.get<Call>(`calls/${callId}`);
    return { callId, run: record?.data.run ?? '' };
  }

  /** A call whose run ends so. */
  async function called(caller: Speaker, code: number, value?: string): Promise<string> {
    const { callId, run: id } = await call(caller);
    const { secret } = await started(id);
    if (value !== undefined) await run('al-return', { secret, stdin: value });
    exit(id, code);
    await isOver(id, code === 0 ? 'succeeded' : 'failed');
    return callId;
  }

  it('rlock takes a lock, takes it again, and is told who else has it and since when', async () => {
    const [one, other, key] = [await newRun('lead'), await newRun('lead'), newKey()];
    const taken = ran(0, `${JSON.stringify({ ok: true, resourceKey: key, fence: 1 })}\n`);
    expect(await lock('rlock', one, key)).toEqual(taken);
    expect(await lock('rlock', one, key)).toEqual(taken);
    const answer = await lock('rlock', other, key);
    const { heldSince } = JSON.parse(answer.stdout) as { heldSince: number };
    expect(Number.isInteger(heldSince)).toBe(true);
    expect(answer).toEqual(ran(1, `${JSON.stringify({ ok: false, holder: one.id, heldSince })}\n`));
  });

  it('rlock is told of a deadlock, with its ring', async () => {
    const [one, other] = [await newRun('lead'), await newRun('lead')];
    const [x, y] = [newKey(), newKey()];
    await lock('rlock', one, x);
    await lock('rlock', other, y);
    expect(await lock('rlock', one, y)).toMatchObject({ code: 1 });
    const ring = [other.id, x, one.id, y];
    const reason = `possible deadlock: ${[...ring, other.id].join(' → ')}`;
    expect(await lock('rlock', other, x)).toEqual(
      ran(1, `${JSON.stringify({ ok: false, reason, deadlock: true, cycle: ring })}\n`),
    );
  });

  it('runlock gives a lock back, to whoever asks next, and only once', async () => {
    const [one, other, key] = [await newRun('lead'), await newRun('lead'), newKey()];
    await lock('rlock', one, key);
    expect(await lock('runlock', other, key)).toEqual(refused(`held by ${one.id}`));
    expect(await lock('runlock', one, key)).toEqual(ran(0, '{"ok":true}\n'));
    expect(await lock('runlock', one, key)).toEqual(
      ran(2, '{"ok":false,"reason":"lock not found"}\n'),
    );
    expect(await lock('rlock', other, key)).toEqual(
      ran(0, `${JSON.stringify({ ok: true, resourceKey: key, fence: 2 })}\n`),
    );
  });

  it('rlock-heartbeat keeps a lock that this run has, and no other', async () => {
    const [one, other, key] = [await newRun('lead'), await newRun('lead'), newKey()];
    expect(await lock('rlock-heartbeat', one, key)).toEqual(
      ran(2, '{"ok":false,"reason":"lock not found"}\n'),
    );
    await lock('rlock', one, key);
    expect(await lock('rlock-heartbeat', one, key)).toEqual(
      ran(0, expect.stringMatching(/^\{"ok":true,"expiresAt":\d{13},"fence":1\}\n$/)),
    );
    expect(await lock('rlock-heartbeat', other, key)).toEqual(refused(`held by ${one.id}`));
  });

  it.each(locking)('%s is refused a key that is none, with 4', async (name) => {
    const one = await newRun('lead');
    for (const key of ['issue-42', '/abs/path', 'http://', 'deploy://api prod']) {
      expect(await lock(name, one, key)).toEqual(
        ran(4, '{"error":"Invalid URI format: Invalid URL"}\n'),
      );
    }
    expect(await lock(name, one, `x:${'é'.repeat(2_048)}`)).toEqual(
      ran(4, '{"error":"resourceKey of 4098 bytes is over the limit of 4096"}\n'),
    );
  });

  it.each(calling)('%s calls with any text, and the other agent is told it whole', async (name) => {
    const context = 'say "hi"\n\ttab \\back $HOME `id` é 😀 \'q\' %s </agent-call>';
    const { run: id } = await call(await newRun('lead'), 'worker', context, name);
    expect(await runOf(id)).toMatchObject({ agent: 'worker', prompt: context });
    exit(id, 0);
  });

  const deep = (chain: string[]): Partial<Run> => ({
    trigger: { type: 'call', call: null, caller: 'x', chain, depth: chain.length },
  });
  it.each<[string, string, string[], string]>([
    ['itself', 'lead', [], 'agent cannot call itself'],
    ['from too deep', 'worker', ['a', 'b', 'c'], 'trigger depth limit reached'],
    [
      'who waits for it',
      'worker',
      ['worker'],
      'agent "worker" is in the chain of calls already: worker > lead',
    ],
    ['nobody', 'no "body"', [], 'target agent "no "body"" not found'],
    ['who is disabled', 'off', [], 'target agent "off" is disabled'],
  ])('al-subagent is refused to call %s, with 1', async (_who, agent, chain, reason) => {
    const { id, secret } = await newRun('lead', deep(chain));
    for (const name of calling) {
      expect(await run(name, { secret, args: [agent], stdin: 'Go.' })).toEqual(refused(reason));
    }
    expect((await runOf(id)).calls).toEqual([]);
  });

  it('al-subagent is refused a context that is too long, with 7', async () => {
    const { secret } = await newRun('lead');
    const answer = await run('al-subagent', {
      secret,
      args: ['worker'],
      stdin: 'a'.repeat(262_145),
    });
    expect(answer).toMatchObject({ code: 7, stderr: '' });
    expect(JSON.parse(answer.stdout)).toEqual({
      error: expect.stringContaining('context of 262145 bytes is over the limit of 262144'),
    });
  });

  it.each(checking)('%s sees a call through: pending, running, completed', async (name) => {
    const lead = await newRun('lead');
    const [first, second] = [await call(lead, 'single'), await call(lead, 'single')];
    const look = (callId: string) => run(name, { secret: lead.secret, args: [callId] });
    const { secret } = await started(first.run);
    expect(await look(first.callId)).toEqual(ran(0, '{"status":"running"}\n'));
    expect(await look(second.callId)).toEqual(ran(0, '{"status":"pending"}\n'));
    const returnValue = 'so {"status":"running"}\nand "quotes" \\ é';
    expect(await run('al-return', { secret, args: [returnValue] })).toEqual(
      ran(0, '{"ok":true}\n'),
    );
    exit(first.run, 0);
    await isOver(first.run, 'succeeded');
    expect(await look(first.callId)).toEqual(
      ran(0, `${JSON.stringify({ status: 'completed', returnValue })}\n`),
    );
    const { id } = await started(second.run);
    exit(id, 0);
    await isOver(id, 'succeeded');
    expect(await look(second.callId)).toEqual(ran(0, '{"status":"completed"}\n'));
  });

  it.each(checking)('%s tells of a call that failed, and finds none of others', async (name) => {
    const [lead, other] = [await newRun('lead'), await newRun('lead')];
    const callId = await called(lead, 3);
    expect(await run(name, { secret: lead.secret, args: [callId] })).toEqual(
      ran(0, '{"status":"error","errorMessage":"agent run failed"}\n'),
    );
    const none = ran(2, '{"error":"call not found"}\n');
    expect(await run(name, { secret: other.secret, args: [callId] })).toEqual(none);
    for (const id of ['c-1', '../run', 'a b?c#d', 'é😀', '%00']) {
      expect(await run(name, { secret: lead.secret, args: [id] })).toEqual(none);
    }
  });

  it.each(waiting)('%s prints what became of each call', async (name) => {
    const lead = await newRun('lead');
    const [good, bad] = [await called(lead, 0, 'a "line"\nmore'), await called(lead, 3)];
    const answer = await run(name, { secret: lead.secret, args: [good, bad, 'none'] });
    const expected = {
      [good]: { status: 'completed', returnValue: 'a "line"\nmore' },
      [bad]: { status: 'error', errorMessage: 'agent run failed' },
      none: { error: 'call not found' },
    };
    expect(answer).toEqual(ran(0, `${JSON.stringify(expected)}\n`));
  });

  it.each(waiting)('%s waits for one that runs, and no longer than it may', async (name) => {
    const lead = await newRun('lead');
    const { callId, run: id } = await call(lead);
    await started(id);
    const { secret } = lead;
    expect(await run(name, { secret, args: [callId, '--timeout', '0'] })).toEqual(
      ran(8, `{"${callId}":{"status":"running"}}\n`),
    );
    const waits = run(name, { secret, args: [callId, '--timeout', '60'] });
    exit(id, 0);
    expect(await waits).toEqual(ran(0, `{"${callId}":{"status":"completed"}}\n`));
    expect(await run(name, { secret: wrong(lead), args: [callId] })).toEqual(
      ran(0, `{"${callId}":{"error":"invalid secret"}}\n`),
    );
  });

  it('al-status, al-return and al-rerun stand on the run and in their files', async () => {
    const { id, secret } = await newRun('lead');
    const done = ran(0, '{"ok":true}\n');
    expect(await run('al-status', { secret, args: ['reading "it"'] })).toEqual(done);
    expect(await run('al-return', { secret, args: ['one', '"two"'] })).toEqual(done);
    expect(await run('al-rerun', { secret })).toEqual(done);
    expect(await runOf(id)).toMatchObject({
      state: 'running',
      status: 'reading "it"',
      returnValue: 'one "two"',
      rerunRequested: true,
    });
    expect(['status', 'return', 'rerun'].map(commands.signalled)).toEqual([
      'reading "it"',
      'one "two"',
      '',
    ]);
    // Characters of two, one and four bytes stand across every border of a buffer.
    const long = 'é"😀\n\t'.repeat(100_000);
    expect(await run('al-return', { secret, stdin: `${long}x` })).toEqual(done);
    expect(await runOf(id)).toMatchObject({ returnBytes: Buffer.byteLength(`${long}x`) });
  });

  it.each<[string, Omit<Command, 'name'>]>([
    ['al-status', { args: ['lost'] }],
    ['al-return', { stdin: 'lost' }],
    ['al-rerun', {}],
  ])('%s goes on where nobody hears it, and changes nothing of any run', async (name, more) => {
    const speaker = await newRun('lead');
    const { id, secret } = speaker;
    const before = await runOf(id);
    for (const where of [
      { secret, url: '' },
      { secret, url: silent },
      { secret: wrong(speaker) },
    ]) {
      expect(await run(name, { ...more, ...where })).toEqual(ran(0, '{"ok":true}\n'));
    }
    expect(await runOf(id)).toEqual(before);
  });

  it('al-exit and setenv ask nobody', async () => {
    expect(await run('al-exit', { args: ['7'], url: silent })).toEqual(ran(0, '{"ok":true}\n'));
    expect(commands.signalled('exit')).toBe('7');
    expect(await run('setenv', { args: ['A', "it's"], url: silent })).toEqual(
      ran(0, 'set 1 variable(s)\n'),
    );
  });

  it('al-shutdown ends the run, and its secret with it', async () => {
    const lead = await newRun('lead');
    const { callId, run: id } = await call(lead);
    const worker = await started(id);
    expect(await run('al-shutdown', { secret: wrong(worker), args: ['why'] })).toEqual(
      ran(3, '{"error":"invalid secret"}'),
    );
    expect((await runOf(id)).state).toBe('running');
    const key = newKey();
    await lock('rlock', worker, key);
    expect(
      await run('al-shutdown', { secret: worker.secret, args: ['somebody', 'asked for "keys"'] }),
    ).toEqual(ran(0, `{"killed":true,"container":"drover-${id}"}`));
    expect(await lock('rlock-heartbeat', worker, key)).toEqual(invalid);
    expect(await run('al-shutdown', { secret: worker.secret })).toMatchObject({ code: 3 });
    await isOver(id, 'killed');
    expect((await runOf(id)).stop).toMatchObject({ by: 'agent', why: 'somebody asked for "keys"' });
    expect(await lock('rlock', lead, key)).toMatchObject({ code: 0 });
    expect(await run('al-check', { secret: lead.secret, args: [callId] })).toEqual(
      ran(0, '{"status":"error","errorMessage":"agent run failed"}\n'),
    );
  });

  it.each(asking)('%s with a wrong secret ends with 3, and without one with 4', async (name) => {
    const secret = wrong(await newRun('lead'));
    const end = name === 'al-shutdown' ? '' : '\n';
    expect(await run(name, { secret, args: ['a:b'] })).toEqual(
      ran(3, `{"error":"invalid secret"}${end}`),
    );
    expect(await run(name, { args: ['a:b'] })).toEqual(ran(4, `{"error":"missing secret"}${end}`));
  });

  it.each(asking)('%s with the secret of a run that is over ends with 3', async (name) => {
    const { secret } = await newRun('lead', { state: 'succeeded' });
    expect(await run(name, { secret, args: ['a:b'] })).toMatchObject({ code: 3 });
  });

  it.each(asking)('%s ends with 5 without a gateway, and with 6 out of its reach', async (name) => {
    const { secret } = await newRun('lead');
    const nowhere = await run(name, { secret, args: ['a:b'], url: '' });
    expect(nowhere).toMatchObject({ code: 5, stderr: '' });
    expect(nowhere.stdout).toContain('no gateway');
    const end = name === 'al-shutdown' ? '' : '\n';
    expect(await run(name, { secret, args: ['a:b'], url: silent })).toEqual(ran(6, end));
  });

  it('a call is one call, and a lock is given back, though the first answer is lost', async () => {
    const { id, secret } = await newRun('lead');
    const key = newKey();
    await lock('rlock', { id, secret }, key);
    for (const [name, arg] of [
      ['al-subagent', 'worker'],
      ['runlock', key],
    ] as const) {
      const gateway = await losingAnswers(`${drover.base}/gateway`);
      expect(await run(name, { secret, args: [arg], url: gateway.url })).toMatchObject({ code: 0 });
      expect(gateway.count()).toBe(2);
      await gateway.close();
    }
    const { calls } = await runOf(id);
    expect(calls).toHaveLength(1);
    exit(calls[0] ?? '', 0);
  });
});
