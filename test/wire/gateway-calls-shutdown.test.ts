import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { raw, wireCallers } from './callers.ts';

let drover: TestDrover;
const wire = wireCallers(() => drover);
const { get, post, newRun, runOf, started } = wire;
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({
      lead: { webhooks: [] },
      worker: { webhooks: [], timeout: 600, scale: 4 },
    }),
    program: wire.program,
  });
});
afterAll(async () => {
  await drover.close();
  wire.remove();
});

/** A run with a container, and the call that started it. */
async function worker() {
  const lead = await newRun('lead');
  const body = { secret: lead.secret, targetAgent: 'worker', context: 'Go.' };
  const { callId } = JSON.parse((await post('/calls', body)).text) as { callId: string };
  const [id = ''] = (await runOf(lead.id)).calls;
  const look = () => get(`/calls/${callId}?secret=${lead.secret}`);
  return { ...(await started(id)), look };
}

describe('POST /shutdown', () => {
  it('cancels the execution, and takes no more word of it', async () => {
    const { id, secret, look } = await worker();
    const body = { secret, reason: 'somebody asked for my "keys"', details: { a: 1 } };
    expect(await post('/shutdown', body)).toEqual(
      raw(200, JSON.stringify({ killed: true, container: `drover-${id}` })),
    );
    const dead = raw(403, '{"error":"invalid secret"}');
    expect(await post('/shutdown', body)).toEqual(dead);
    expect(await post('/signals/status', { secret, text: 'still here' })).toEqual(dead);
    expect(await post('/signals/return', { secret, value: 1 })).toEqual(dead);
    expect(await post('/signals/rerun', { secret })).toEqual(dead);
    expect(await post('/locks/acquire', { secret, resourceKey: 'a:b' })).toEqual(dead);
    expect(await get(`/locks/list?secret=${secret}`)).toEqual(dead);
    expect(await post('/calls', { secret, targetAgent: 'lead', context: '' })).toEqual(dead);
    expect(await get(`/calls/x?secret=${secret}`)).toEqual(dead);
    await eventually(async () => (await runOf(id)).state === 'killed');
    expect(await runOf(id)).toMatchObject({
      reason: 'killed',
      stop: { by: 'agent', why: 'somebody asked for my "keys"' },
    });
    expect(drover.cloud.calls.counts()).toHaveProperty('Executions.CancelExecution');
    expect(await look()).toEqual(raw(200, '{"status":"error","errorMessage":"agent run failed"}'));
  });

  it.each([undefined, null, 7, '', { why: 'x' }])('takes %j for no reason', async (reason) => {
    const { id, secret } = await newRun('lead', { state: 'launching' });
    expect(await post('/shutdown', { secret, reason })).toEqual(
      raw(200, JSON.stringify({ killed: true, container: `drover-${id}` })),
    );
    expect(await runOf(id)).toMatchObject({ state: 'killed', stop: { by: 'agent', why: '' } });
  });

  it('is refused without a secret with 400, and with a wrong one with 403', async () => {
    const { id, secret } = await worker();
    expect(await post('/shutdown', '{')).toEqual(raw(400, '{"error":"invalid JSON body"}'));
    expect(await post('/shutdown', {})).toEqual(raw(400, '{"error":"missing secret"}'));
    for (const wrong of ['x', `${id}.${'0'.repeat(64)}`]) {
      expect(await post('/shutdown', { secret: wrong })).toEqual(
        raw(403, '{"error":"invalid secret"}'),
      );
    }
    expect((await runOf(id)).state).toBe('running');
    await post('/shutdown', { secret });
  });
});
