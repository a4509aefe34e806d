import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEnvironment } from '../../functions/environment.ts';
import { queues, serviceAccount } from '../../infra/resources.ts';
import { clients } from '../../shared/cloud/clients.ts';
import { eventually, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { type Answer, send } from './http.ts';
import { storesNothing } from './stored.ts';

const place = { project: 'drover-test', region: 'here' };

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ triage: {} }) });
});
afterAll(() => drover.close());

/** What the functions wrote to their log since the test began. */
let logged: string[] = [];
beforeEach(() => {
  logged = [];
  const write = vi.spyOn(console, 'log').mockImplementation((line) => {
    logged.push(String(line));
  });
  return () => write.mockRestore();
});
const givenUp = () =>
  logged.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).message as string);

async function call(
  name: 'dispatch' | 'poll' | 'tick' | 'logs',
  body: Uint8Array | string,
): Promise<Answer> {
  const role = ({ tick: 'scheduler', logs: 'pubsub' } as const)[name as 'tick' | 'logs'] ?? 'tasks';
  const email = serviceAccount(role, place.project);
  const token = await drover.cloud.issuer.mint({ email, audience: `${drover.base}/${name}` });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return send(drover.base, { path: `/${name}`, headers, body });
}

const garbage: [what: string, body: Uint8Array | string][] = [
  ['nothing', ''],
  ['no JSON', 'triage'],
  ['half a JSON', '{"agent":"triage"'],
  ['a JSON null', 'null'],
  ['a JSON list', '[{"agent":"triage"}]'],
  ['an empty object', '{}'],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['JSON nested without end', '{"agent":'.repeat(50_000)],
  ['megabytes', JSON.stringify({ agent: 'a'.repeat(5_000_000) })],
];

const names = ['Triage', '../runs', 'a/b', '', '__proto__', 'a b', 'caf\u00e9', 'a'.repeat(70)];
const notNames = [7, true, null, ['triage'], { name: 'triage' }];

describe('a garbage task', () => {
  const forDispatch = [...names, ...notNames].map((agent) => JSON.stringify({ agent }));
  it.each([...garbage, ...forDispatch.map((body) => [body, body] as const)])(
    'for dispatch, %s, is logged, acknowledged and never looked at again',
    async (_what, body) => {
      const answer = await storesNothing(drover, () => call('dispatch', body));
      const error = 'a dispatch task must name an agent';
      expect(answer).toMatchObject({ status: 200, json: { ok: false, error } });
      expect(givenUp()).toEqual(['given up']);
    },
  );

  const forPoll = [...names, ...notNames].map((run) => JSON.stringify({ run }));
  it.each([...garbage, ...forPoll.map((body) => [body, body] as const)])(
    'for poll, %s, is logged, acknowledged and never looked at again',
    async (_what, body) => {
      const answer = await storesNothing(drover, () => call('poll', body));
      const error = 'a poll task must name a run';
      expect(answer).toMatchObject({ status: 200, json: { ok: false, error } });
      expect(givenUp()).toEqual(['given up']);
    },
  );

  it('for a run that is not there is logged and acknowledged', async () => {
    const body = JSON.stringify({ run: 'triage-abcdefgh', attempt: 1, n: 3 });
    const answer = await storesNothing(drover, () => call('poll', body));
    const error = 'there is no run triage-abcdefgh';
    expect(answer).toMatchObject({ status: 200, json: { ok: false, error } });
    expect(givenUp()).toEqual(['given up']);
  });

  it('for an agent that is not there finds nothing to do', async () => {
    const body = JSON.stringify({ agent: 'nobody' });
    const answer = await storesNothing(drover, () => call('dispatch', body));
    expect(answer).toMatchObject({ status: 200, json: { ok: true, launched: [], dropped: [] } });
  });

  it.each(['dispatch', 'poll'] as const)(
    'leaves the queue of %s after one attempt',
    async (name) => {
      const client = await clients(readEnvironment(process.env).cloud).tasks();
      const parent = queues(place).find((queue) => queue.name.endsWith(name))?.name ?? '';
      const url = `${drover.base}/${name}`;
      const serviceAccountEmail = serviceAccount('tasks', place.project);
      const oidcToken = { serviceAccountEmail, audience: url };
      const httpRequest = { url, httpMethod: 'POST' as const, body: Buffer.from('{'), oidcToken };
      await client.createTask({ parent, task: { httpRequest } });
      await eventually(async () => (await client.listTasks({ parent }))[0].length === 0);
      await client.close();
      expect(givenUp()).toEqual(['given up']);
    },
  );
});

describe('a garbage tick', () => {
  it.each(garbage)('with %s is a tick', async (_what, body) => {
    const answer = await storesNothing(drover, () => call('tick', body));
    expect(answer).toMatchObject({ status: 200, json: { ok: true } });
  });
});

const message = (data: string) => JSON.stringify({ message: { data } });
const holding = (entry: unknown) =>
  message(
    Buffer.from(typeof entry === 'string' ? entry : JSON.stringify(entry)).toString('base64'),
  );

const line = {
  logName: 'projects/drover-test/logs/run.googleapis.com%2Fstdout',
  resource: { type: 'cloud_run_job', labels: { job_name: 'drover-triage-abcdefgh' } },
  timestamp: '2026-01-01T00:00:00Z',
  insertId: 'a1',
  severity: 'INFO',
};
const ofJob = (job_name: unknown) => ({ ...line, resource: { labels: { job_name } } });

describe('a garbage message', () => {
  const bodies: [what: string, body: Uint8Array | string][] = [
    ...garbage,
    ['a message without data', '{"message":{}}'],
    ['a message that is a list', '{"message":[]}'],
    ['data that is a number', '{"message":{"data":7}}'],
    ['data that is no base64', message('\u00e9\u00e9\u00e9')],
    ['data that is no JSON', message(Buffer.from('a line').toString('base64'))],
    ['an entry that is a list', holding([line])],
    ['a job whose name is too long', holding({ ...ofJob(`drover-${'a'.repeat(2_000)}`) })],
    [
      'a line nested without end',
      holding(
        `${JSON.stringify(line).slice(0, -1)},"jsonPayload":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`,
      ),
    ],
  ];
  it.each(bodies)('with %s is logged, acknowledged and not kept', async (_what, body) => {
    const answer = await call('logs', body);
    expect(answer).toMatchObject({ status: 200, json: { ok: false, error: expect.any(String) } });
    expect(givenUp()).toEqual(['given up']);
    expect(await drover.cloud.documents.query({ collection: 'runs', limit: 1 })).toEqual([]);
  });

  it.each<[what: string, entry: unknown]>([
    ['an empty entry', {}],
    ['no job', { ...line, resource: {} }],
    ["somebody else's job", ofJob('nightly')],
    ['a job that is a number', ofJob(7)],
    ['a job that is a path', ofJob('drover-a/b/c')],
    ['a job without a run', ofJob('drover-')],
    ['no log name', { ...line, logName: undefined }],
    ['no time', { ...line, timestamp: undefined }],
    ['a time that is none', { ...line, timestamp: 'yesterday' }],
    ['no line id', { ...line, insertId: undefined }],
  ])('with %s is acknowledged, as one that is not for us', async (_what, entry) => {
    const answer = await storesNothing(drover, () => call('logs', holding(entry)));
    expect(answer.status).toBe(204);
  });
});
