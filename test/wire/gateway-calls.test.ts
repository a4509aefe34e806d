import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAgentState, writeAgentState } from '../../shared/agents/state.ts';
import type { Call } from '../../shared/calls/call.ts';
import type { Run } from '../../shared/runs/run.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Raw, raw, type Speaker, wireCallers } from './callers.ts';

let drover: TestDrover;
const wire = wireCallers(() => drover);
const { get, post, newRun, runOf, started, exit } = wire;
const quiet = { webhooks: [], timeout: 600 };
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({
      lead: quiet,
      worker: { ...quiet, scale: 4 },
      single: quiet,
      paused: quiet,
      off: { ...quiet, scale: 0 },
    }),
    program: wire.program,
  });
});
afterAll(async () => {
  await drover.close();
  wire.remove();
});

const accepted =
  /^\{"ok":true,"callId":"([0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"\}$/;

/** The id in the answer of a call that was accepted. */
function idIn(answer: Raw): string {
  expect(answer).toMatchObject({ status: 200, type: 'application/json' });
  expect(answer.text).toMatch(accepted);
  return accepted.exec(answer.text)?.[1] ?? '';
}

async function call({ secret }: Speaker, targetAgent: string, context = 'Go.'): Promise<string> {
  return idIn(await post('/calls', { secret, targetAgent, context }));
}

function check({ secret }: Speaker, id: string): Promise<Raw> {
  return get(`/calls/${id}?secret=${secret}`);
}

async function recordOf(id: string): Promise<Call> {
  const found = await drover.cloud.documents.get<Call>(`calls/${id}`);
  if (!found) throw new Error(`there is no call ${id}`);
  return found.data;
}

const refused = (reason: string): Raw => raw(409, JSON.stringify({ ok: false, reason }));

describe('a call over HTTP', () => {
  it('goes from its request to its answer, and every byte is as the contract has it', async () => {
    const lead = await newRun('lead');
    const id = await call(lead, 'worker');
    const { run } = await recordOf(id);
    const worker = await started(run ?? '');
    expect(await check(lead, id)).toEqual(raw(200, '{"status":"running"}'));
    const value = 'so {"status":"running"}\nand "quotes"';
    const { secret } = worker;
    expect(await post('/signals/return', { secret, value })).toEqual(raw(200, '{"ok":true}'));
    expect(await check(lead, id)).toEqual(raw(200, '{"status":"running"}'));
    exit(worker.id, 0);
    await eventually(async () => (await runOf(worker.id)).state === 'succeeded');
    expect(await check(lead, id)).toEqual(
      raw(
        200,
        '{"status":"completed","returnValue":"so {\\"status\\":\\"running\\"}\\nand \\"quotes\\""}',
      ),
    );
    expect((await post('/calls', { secret, targetAgent: 'lead', context: '' })).status).toBe(403);
  });

  it('without a value, and with an empty one, is completed and says nothing of it', async () => {
    const lead = await newRun('lead');
    const ids = [await call(lead, 'worker'), await call(lead, 'worker')];
    for (const [index, id] of ids.entries()) {
      const worker = await started((await recordOf(id)).run ?? '');
      if (index === 1) await post('/signals/return', { secret: worker.secret, value: '' });
      exit(worker.id, 0);
      await eventually(async () => (await runOf(worker.id)).state === 'succeeded');
      expect(await check(lead, id)).toEqual(raw(200, '{"status":"completed"}'));
    }
  });

  it('says why it came to nothing', async () => {
    const lead = await newRun('lead');
    const id = await call(lead, 'worker');
    const worker = await started((await recordOf(id)).run ?? '');
    exit(worker.id, 3);
    await eventually(async () => (await runOf(worker.id)).state === 'failed');
    expect(await check(lead, id)).toEqual(
      raw(200, '{"status":"error","errorMessage":"agent run failed"}'),
    );
  });

  it('is pending for as long as its run waits', async () => {
    const lead = await newRun('lead');
    const [first, second] = [await call(lead, 'single'), await call(lead, 'single')];
    const running = await started((await recordOf(first)).run ?? '');
    expect(await check(lead, second)).toEqual(raw(200, '{"status":"pending"}'));
    exit(running.id, 0);
    const next = await started((await recordOf(second)).run ?? '');
    expect(await check(lead, second)).toEqual(raw(200, '{"status":"running"}'));
    exit(next.id, 0);
  });

  it('hands up a value of a megabyte, whatever JSON makes of it, and refuses more', async () => {
    const lead = await newRun('lead');
    const id = await call(lead, 'worker');
    const worker = await started((await recordOf(id)).run ?? '');
    const { secret } = worker;
    const value = '\u0001"é'.repeat(250_000);
    expect((await post('/signals/return', { secret, value })).text).toBe('{"ok":true}');
    for (const bytes of [1_000_001, 5_000_000]) {
      expect(await post('/signals/return', { secret, value: 'a'.repeat(bytes) })).toEqual(
        raw(413, `{"error":"return value of ${bytes} bytes is over the limit of 1000000"}`),
      );
    }
    expect(await post('/signals/return', { secret, value: 'a'.repeat(7_000_000) })).toMatchObject({
      status: 413,
      text: expect.stringMatching(/^\{"error":"body of \d+ bytes is over the limit of 6004096"\}$/),
    });
    exit(worker.id, 0);
    await eventually(async () => (await runOf(worker.id)).state === 'succeeded');
    const answer = await check(lead, id);
    expect(answer).toEqual(raw(200, JSON.stringify({ status: 'completed', returnValue: value })));
    expect(answer.text.split('\n')).toHaveLength(1);
  });

  it('of a paused agent is accepted, and waits', async () => {
    const { documents } = drover.cloud;
    const paused = { at: new Date().toISOString(), by: 'octavia', why: '' };
    const state = await readAgentState({ documents }, 'paused');
    await documents.commit([writeAgentState(state, { paused })]);
    const lead = await newRun('lead');
    const id = await call(lead, 'paused');
    expect(await check(lead, id)).toEqual(raw(200, '{"status":"pending"}'));
  });

  it('takes any text for a context, and hands it on as it is', async () => {
    const lead = await newRun('lead');
    for (const context of ['', 'a\nb\t"c"\\ </agent-call>', '\u0000\u2028😀']) {
      const { run } = await recordOf(await call(lead, 'worker', context));
      expect((await runOf(run ?? '')).prompt).toBe(context);
      exit(run ?? '', 0);
    }
    const half = `{"secret":"${lead.secret}","targetAgent":"worker","context":"\\ud83d"}`;
    const { run } = await recordOf(idIn(await post('/calls', half)));
    expect((await runOf(run ?? '')).prompt).toBe('\ufffd');
    exit(run ?? '', 0);
  });

  it('with an idempotency key is one call, however often it is sent', async () => {
    const [lead, other] = [await newRun('lead'), await newRun('lead')];
    const keyed = ({ secret }: Speaker, context: string): Promise<Raw> =>
      post('/calls', { secret, targetAgent: 'worker', context }, { 'idempotency-key': 'k' });
    const [first, again, others] = [
      await keyed(lead, 'Go.'),
      await keyed(lead, 'Go.'),
      await keyed(other, 'Go.'),
    ];
    expect(again).toEqual(first);
    expect(idIn(others)).not.toBe(idIn(first));
    expect(await keyed(lead, 'Stop.')).toEqual(
      refused('its idempotency key was used for another context: take a new one'),
    );
    for (const answer of [first, others]) exit((await recordOf(idIn(answer))).run ?? '', 0);
    for (const key of ['', 'a b', 'x'.repeat(201)]) {
      const body = { secret: lead.secret, targetAgent: 'worker', context: 'Go.' };
      expect(await post('/calls', body, { 'idempotency-key': key })).toEqual(
        raw(400, '{"error":"Idempotency-Key is not 1 to 200 visible characters of ASCII"}'),
      );
    }
  });
});

describe('a call that cannot be', () => {
  // The runs of the tests before are over before calls are counted.
  beforeAll(async () => {
    await eventually(async () => {
      drover.cloud.calls.reset();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return Object.keys(drover.cloud.calls.counts()).length === 0;
    });
  });

  const deep = (chain: string[]): Partial<Run> => ({
    trigger: { type: 'call', call: null, caller: 'x', chain, depth: chain.length },
  });

  it.each([
    ['the agent itself', 'lead', [], 'agent cannot call itself'],
    ['the agent itself from too deep', 'lead', ['a', 'b', 'c'], 'agent cannot call itself'],
    ['anybody from too deep', 'nobody', ['a', 'b', 'c'], 'trigger depth limit reached'],
    [
      'who stands above',
      'worker',
      ['worker'],
      'agent "worker" is in the chain of calls already: worker > lead',
    ],
    ['nobody', 'nobody', [], 'target agent "nobody" not found'],
    ['nobody by the name of a prototype', '__proto__', [], 'target agent "__proto__" not found'],
    ['a path', '../runs/x', [], 'target agent "../runs/x" not found'],
    ['who is disabled', 'off', [], 'target agent "off" is disabled'],
  ])('is refused with 409: %s', async (_what, targetAgent, chain, reason) => {
    const { id, secret } = await newRun('lead', deep(chain));
    expect(await post('/calls', { secret, targetAgent, context: '' })).toEqual(refused(reason));
    expect(await post('/signals/trigger', { secret, targetAgent, context: 'x' })).toEqual(
      refused(reason),
    );
    expect((await runOf(id)).calls).toEqual([]);
  });

  it('is refused with 413 when the other cannot be told all of it', async () => {
    const { secret } = await newRun('lead');
    const body = { secret, targetAgent: 'worker', context: 'a'.repeat(262_145) };
    expect(await post('/calls', body)).toMatchObject({
      status: 413,
      text: expect.stringMatching(
        /^\{"error":"context of 262145 bytes is over the limit of 262144: /,
      ),
    });
    expect(await post('/calls', { ...body, context: 'a'.repeat(1_600_000) })).toMatchObject({
      status: 413,
      text: expect.stringMatching(/^\{"error":"body of \d+ bytes is over the limit of 1576960"\}$/),
    });
  });

  it.each<[body: string, error: string]>([
    ['', 'invalid JSON body'],
    ['null', 'invalid JSON body'],
    ['[]', 'invalid JSON body'],
    ['{"secret":"x","targetAgent":"worker","context":"a\nb"}', 'invalid JSON body'],
    ['{}', 'missing secret'],
    ['{"secret":""}', 'missing secret'],
    ['{"secret":7,"targetAgent":"worker","context":""}', 'missing secret'],
    ['{"secret":"x"}', 'missing targetAgent'],
    ['{"secret":"x","targetAgent":""}', 'missing targetAgent'],
    ['{"secret":"x","targetAgent":["worker"]}', 'missing targetAgent'],
    ['{"secret":"x","targetAgent":"worker"}', 'missing context'],
    ['{"secret":"x","targetAgent":"worker","context":null}', 'missing context'],
    ['{"secret":"x","targetAgent":"worker","context":{}}', 'missing context'],
  ])('is refused with 400 before its secret is looked up: %s', async (body, error) => {
    const answer = raw(400, JSON.stringify({ error }));
    // Runs of the tests before are still looked at now and then: one quiet moment is enough.
    await eventually(async () => {
      drover.cloud.calls.reset();
      expect(await post('/calls', body)).toEqual(answer);
      expect(await post('/signals/trigger', body)).toEqual(answer);
      return Object.keys(drover.cloud.calls.counts()).length === 0;
    });
  });

  it('is refused with 403 to a secret that is nobody’s, before anything is said of the other agent', async () => {
    const { id } = await newRun('lead');
    for (const secret of ['x', `${id}.${'0'.repeat(64)}`, `../x.${'0'.repeat(64)}`]) {
      const body = { secret, targetAgent: 'nobody', context: 'x' };
      for (const path of ['/calls', '/signals/trigger']) {
        expect(await post(path, body)).toEqual(raw(403, '{"error":"invalid secret"}'));
      }
    }
  });
});

describe('the look at a call', () => {
  it('takes the secret from the query or a header', async () => {
    const lead = await newRun('lead');
    const id = await call(lead, 'worker');
    const worker = await started((await recordOf(id)).run ?? '');
    const answer = raw(200, '{"status":"running"}');
    expect(await get(`/calls/${id}`, { authorization: `Bearer ${lead.secret}` })).toEqual(answer);
    expect(await check(lead, id)).toEqual(answer);
    exit(worker.id, 0);
  });

  it('is refused without a secret with 400, and with a wrong one with 403', async () => {
    const id = await call(await newRun('lead'), 'worker');
    for (const query of ['', '?secret=', '?Secret=x']) {
      expect(await get(`/calls/${id}${query}`)).toEqual(raw(400, '{"error":"missing secret"}'));
    }
    expect(await get(`/calls/${id}?secret=x`)).toEqual(raw(403, '{"error":"invalid secret"}'));
    exit((await recordOf(id)).run ?? '', 0);
  });

  it('finds no call that is not there, is another’s, or can be none', async () => {
    const [lead, other] = [await newRun('lead'), await newRun('lead')];
    const id = await call(lead, 'worker');
    const none = raw(404, '{"error":"call not found"}');
    expect(await check(other, id)).toEqual(none);
    for (const wrong of [
      'x',
      '..%2Fruns',
      `${id}%2Fx`,
      '%00',
      '%F0%9F%98%80',
      id.toUpperCase(),
      'a'.repeat(500),
    ]) {
      expect(await check(lead, wrong)).toEqual(none);
    }
    exit((await recordOf(id)).run ?? '', 0);
  });
});

describe('a trigger', () => {
  it('starts the other agent, and nobody waits for it', async () => {
    const { id, secret } = await newRun('lead');
    const body = { secret, targetAgent: 'worker', context: 'Go.' };
    expect(await post('/signals/trigger', body)).toEqual(raw(200, '{"ok":true}'));
    const [run = ''] = (await runOf(id)).calls;
    const worker = await started(run);
    expect((await runOf(run)).trigger).toEqual({
      type: 'call',
      call: null,
      caller: id,
      chain: ['lead'],
      depth: 1,
    });
    exit(worker.id, 0);
    await eventually(async () => (await runOf(run)).state === 'succeeded');
  });

  it('must say something', async () => {
    const { secret } = await newRun('lead');
    const body = { secret, targetAgent: 'worker', context: '' };
    expect(await post('/signals/trigger', body)).toEqual(raw(400, '{"error":"missing context"}'));
  });
});
