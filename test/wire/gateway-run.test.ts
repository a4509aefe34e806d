import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../shared/runs/run.ts';
import { eventually, onGithub, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { raw, type Speaker, wireCallers } from './callers.ts';
import { deliver, issueOpened } from './github.ts';

let drover: TestDrover;
const wire = wireCallers(() => drover);
const { get, post, newRun, runOf, started, exit } = wire;
const quiet = { webhooks: [], timeout: 600 };
const skill = 'Mend <it>. é\n'.repeat(5_000);
beforeAll(async () => {
  drover = await startDrover({
    project: projectOf({
      lead: quiet,
      wordy: { ...quiet, skill },
      eager: { webhooks: [onGithub()], timeout: 600, scale: 9 },
    }),
    program: wire.program,
  });
});
afterAll(async () => {
  await drover.close();
  wire.remove();
});

const bearer = ({ secret }: Speaker) => ({ authorization: `Bearer ${secret}` });
const invalid = raw(403, '{"error":"invalid secret"}');
const missing = raw(400, '{"error":"missing secret"}');

/** A run that this delivery started. */
async function startedBy(payload: object): Promise<Speaker> {
  const { runs } = (await deliver(drover, { payload })).json as { runs: { eager: string } };
  return started(runs.eager);
}

describe('a run asks what it is told', () => {
  it('and hears all of it, though no variable could hold it', async () => {
    const lead = await newRun('lead');
    const context = '\u0001"é</agent-call>'.repeat(13_000);
    const call = await post('/calls', { secret: lead.secret, targetAgent: 'wordy', context });
    expect(call.status).toBe(200);
    const [id = ''] = (await runOf(lead.id)).calls;
    const wordy = await started(id);
    const { status, type, text } = await get('/run', bearer(wordy));
    expect([status, type]).toEqual([200, 'application/json']);
    const { agentConfig, prompt, ...others } = JSON.parse(text);
    expect(others).toEqual({});
    expect(agentConfig).toMatchObject({ name: 'wordy', _skillBody: skill, timeout: 600 });
    const [, asked = ''] = /^<agent-call>\n(.*)\n<\/agent-call>\n/m.exec(prompt) ?? [];
    expect(JSON.parse(asked)).toEqual({ caller: 'lead', context });
    expect(prompt).toMatch(/^<agent-config>\n/);
    exit(id, 0);
  });

  it('with its own secret only, and not after its end', async () => {
    const speaker = await newRun('lead');
    expect((await get(`/run?secret=${speaker.secret}`)).status).toBe(200);
    for (const path of ['/run', '/run/payload']) {
      expect(await get(path)).toEqual(missing);
      expect(await get(path, { authorization: 'Basic x' })).toEqual(missing);
      const forged = { authorization: `Bearer ${speaker.id}.${'0'.repeat(64)}` };
      expect(await get(path, forged)).toEqual(invalid);
      const over = await newRun('lead', { state: 'succeeded' });
      expect(await get(path, bearer(over))).toEqual(invalid);
      const silent = await newRun('lead', { shutDown: true });
      expect(await get(path, bearer(silent))).toEqual(invalid);
      expect((await post(path, { secret: speaker.secret })).status).toBe(404);
    }
  });
});

describe('the request that a webhook made', () => {
  it('is read by its run, byte for byte', async () => {
    const payload = { ...issueOpened, extra: ['as', 'it', 'came', '\u20ac'] };
    const run = await startedBy(payload);
    expect(await get('/run/payload', bearer(run))).toEqual(raw(200, JSON.stringify(payload)));
    exit(run.id, 0);
    await eventually(async () => (await runOf(run.id)).state === 'succeeded');
    expect(await get('/run/payload', bearer(run))).toEqual(invalid);
  });

  it('is read in all of its parts', async () => {
    const payload = { ...issueOpened, padding: 'é'.repeat(2_500_000) };
    const run = await startedBy(payload);
    const { status, text } = await get('/run/payload', bearer(run));
    expect(status).toBe(200);
    expect(text === JSON.stringify(payload)).toBe(true);
    exit(run.id, 0);
  });

  it('is nothing for a run that no webhook led to, and once it is gone', async () => {
    const none = raw(404, '{"error":"no payload: no webhook led to this run, or it is gone"}');
    expect(await get('/run/payload', bearer(await newRun('lead')))).toEqual(none);
    const run = await startedBy({ ...issueOpened, once: 'more' });
    const { trigger } = await runOf(run.id);
    const delivery = trigger.type === 'webhook' ? trigger.delivery : '';
    const path = `deliveries/${delivery}/body/000`;
    await drover.cloud.documents.commit([{ op: 'delete', path }]);
    expect(await get('/run/payload', bearer(run))).toEqual(none);
    exit(run.id, 0);
  });

  it('breaks off where a part of it is gone, and the gateway goes on', async () => {
    const run = await startedBy({ ...issueOpened, padding: 'x'.repeat(1_500_000) });
    const { trigger } = await runOf(run.id);
    const delivery = trigger.type === 'webhook' ? trigger.delivery : '';
    const path = `deliveries/${delivery}/body/001`;
    await drover.cloud.documents.commit([{ op: 'delete', path }]);
    await expect(get('/run/payload', bearer(run))).rejects.toThrow();
    expect((await get('/run', bearer(run))).status).toBe(200);
    exit(run.id, 0);
  });

  it('is that of its own delivery and of no other', async () => {
    const [one, other] = [
      await startedBy({ ...issueOpened, mine: 1 }),
      await startedBy({ ...issueOpened, mine: 2 }),
    ];
    for (const [index, run] of [one, other].entries()) {
      const { text } = await get(`/run/payload?delivery=x`, bearer(run));
      expect(JSON.parse(text).mine).toBe(index + 1);
      exit(run.id, 0);
    }
  });
});

describe('two thousand statuses over HTTP', () => {
  it('are all answered, and the last one stands on the run', async () => {
    const { id, secret } = await newRun('lead', {
      times: { launching: new Date(Date.now() - 86_400_000).toISOString() },
    });
    const clients = Array.from({ length: 50 }, async (_, client) => {
      const statuses = new Set<number>();
      for (let n = 0; n < 40; n += 1) {
        const text = `client ${client} at ${n}`;
        statuses.add((await post('/signals/status', { secret, text })).status);
      }
      return [...statuses];
    });
    expect((await Promise.all(clients)).flat().every((status) => status === 200)).toBe(true);
    expect((await post('/signals/status', { secret, text: 'last' })).status).toBe(200);
    const run: Run = await runOf(id);
    expect(run.status).toBe('last');
    expect(run.events).toBeLessThan(1_000);
  });
});
