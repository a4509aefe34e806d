import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { Run } from '../../shared/runs/run.ts';
import { providerOf } from '../../shared/webhooks/providers.ts';
import { agentOf, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { sourceOf } from '../webhooks.ts';
import type { Headers } from './http.ts';
import { type Answer, send } from './http.ts';
import { type Sender, senders } from './senders.ts';
import { storesNothing } from './stored.ts';

let drover: TestDrover;
beforeAll(async () => {
  const project = projectOf({});
  const credentials: { [reference: string]: { [field: string]: string } } = {};
  for (const { type, secret } of senders) {
    project.sources[`my-${type}`] = sourceOf(type);
    project.agents[type] = agentOf({
      webhooks: [{ source: `my-${type}`, filters: {}, if: 'event.sender != "nobody"' }],
      maxWorkQueueSize: 50,
    });
    const wanted = providerOf(type)?.secret;
    if (wanted) credentials[`${wanted.type}:default`] = { [wanted.field]: secret('ours').stored };
  }
  project.sources.trial = sourceOf('test');
  project.agents.trial = agentOf({
    webhooks: [{ source: 'trial', filters: { events: ['gate'] }, if: null }],
  });
  drover = await startDrover({ project, credentials });
});
afterAll(() => drover.close());

interface Change {
  by?: string;
  headers?: Headers;
  path?: string;
  payload?: object;
  form?: boolean;
}

function deliver(
  sender: Sender,
  { by = 'ours', headers, path, payload, form }: Change = {},
): Promise<Answer> {
  const json = JSON.stringify(payload ?? sender.payload);
  const body = form ? `payload=${encodeURIComponent(json)}` : json;
  return send(drover.base, {
    path: path ?? `/webhooks/my-${sender.type}`,
    headers: {
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
      ...sender.headers,
      ...sender.secret(by).sign(body, Date.now()),
      ...headers,
    },
    body,
  });
}

const deliveryOf = async (answer: Answer) =>
  (await drover.cloud.documents.get<Delivery>(`deliveries/${answer.json.delivery}`))?.data;
const deliveries = async () =>
  (await drover.cloud.documents.query<Delivery>({ collection: 'deliveries', limit: 1_000 })).map(
    ({ data }) => data,
  );

const discord = senders.find(({ type }) => type === 'discord') as Sender;

// What stores nothing comes before any run lives: one would store things all the time.
describe.each(senders)('a delivery of $type', (sender) => {
  it('is refused with 401 when somebody else signed it, or nobody', async () => {
    const unsigned = Object.keys(sender.secret('ours').sign('', 0)).map((name) => [name, null]);
    for (const change of [{ by: 'theirs' }, { headers: Object.fromEntries(unsigned) }]) {
      const answer = await storesNothing(drover, () => deliver(sender, change));
      expect(answer).toMatchObject({ status: 401, json: { error: 'signature validation failed' } });
    }
  });
});

describe('a challenge of Slack', () => {
  const slack = senders.find(({ type }) => type === 'slack') as Sender;
  const payload = { type: 'url_verification', challenge: '3eZbrw1aBm2rZgRNFdxV' };

  it('comes back when it is signed, and is not kept', async () => {
    const answer = await storesNothing(drover, () => deliver(slack, { payload }));
    expect(answer).toMatchObject({ status: 200, json: { challenge: '3eZbrw1aBm2rZgRNFdxV' } });
  });

  it('is refused with 401 when it is not', async () => {
    const answer = await storesNothing(drover, () => deliver(slack, { payload, by: 'theirs' }));
    expect(answer.status).toBe(401);
  });
});

describe('a challenge of X', () => {
  const get = (path: string) => send(drover.base, { method: 'GET', path });

  it.each(['/webhooks/my-twitter', '/webhooks/twitter'])('is answered at %s', async (path) => {
    const answer = await get(`${path}?crc_token=N2Yz`);
    const response_token = expect.stringMatching(/^sha256=[A-Za-z0-9+/]{43}=$/);
    expect(answer).toMatchObject({ status: 200, json: { response_token } });
  });

  it('is refused with 400 without a token, or with one that could be a body', async () => {
    for (const query of ['', '?crc_token=', '?crc_token=%7B%22a%22%3A1%7D']) {
      const answer = await get(`/webhooks/my-twitter${query}`);
      expect(answer).toMatchObject({ status: 400, json: { error: 'CRC challenge failed' } });
    }
  });

  it('is refused with 404 where there is none', async () => {
    const others = await get('/webhooks/my-slack?crc_token=x');
    expect(others).toMatchObject({
      status: 404,
      json: { error: 'CRC not supported for this source' },
    });
    const unknown = await get('/webhooks/gitlab?crc_token=x');
    expect(unknown).toMatchObject({
      status: 404,
      json: { error: 'unknown webhook source: gitlab' },
    });
  });
});

describe('a ping of Discord', () => {
  it('is answered, and not kept', async () => {
    const ping = () => deliver(discord, { payload: { type: 1 } });
    const answer = await storesNothing(drover, ping);
    expect(answer).toMatchObject({ status: 200, json: { type: 1 } });
  });

  it('is refused with 401 when it is forged or old, a ping too', async () => {
    const old = discord.secret('ours').sign('{"type":1}', Date.now() - 6 * 60_000);
    const changes: Change[] = [
      { by: 'theirs' },
      { by: 'theirs', payload: { type: 1 } },
      { payload: { type: 1 }, headers: old },
    ];
    for (const change of changes) {
      const answer = await storesNothing(drover, () => deliver(discord, change));
      expect(answer.status).toBe(401);
    }
  });
});

describe.each(senders.filter(({ type }) => type !== 'discord'))('a delivery of $type', (sender) => {
  it('starts the agent that listens to it, which is told what happened', async () => {
    const answer = await deliver(sender);
    expect(answer).toMatchObject({ status: 200, json: { ok: true, matched: 1, skipped: 8 } });
    const { [sender.type]: runId } = answer.json.runs as { [agent: string]: string };
    const run = await drover.cloud.documents.get<Run>(`runs/${runId}`);
    expect(run?.data.context).toMatchObject({ source: sender.type, ...sender.context });
    expect(await deliveryOf(answer)).toMatchObject({
      sources: [`my-${sender.type}`],
      deliveryId: sender.deliveryId,
      provider: sender.type,
      isSigned: true,
      unmatched: { trial: [`source: no trigger on my-${sender.type}`] },
    });
  });

  it('starts nothing when it comes again', async () => {
    const answer = await deliver(sender);
    expect(answer.json).toMatchObject({ ok: true, matched: 0, skipped: 0, duplicate: true });
  });

  it('may come as a form, and to the URL of its type', async () => {
    const payload = { ...sender.payload, another: true, event_id: 'Ev-form' };
    const ids = { 'x-github-delivery': 'form', 'request-id': 'form', 'linear-delivery': 'form' };
    const headers = { ...ids, 'webhook-id': 'form' };
    const path = `/webhooks/${sender.type}`;
    const answer = await deliver(sender, { payload, headers, path, form: true });
    expect(answer).toMatchObject({ status: 200, json: { ok: true, matched: 1 } });
  });
});

describe('a delivery of the type test', () => {
  const trial = (body: object, headers: Headers = {}) =>
    send(drover.base, {
      path: '/webhooks/trial',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('starts an agent without a signature, and is known as unsigned', async () => {
    const answer = await trial({ event: 'gate', conclusion: 'success', number: 3 });
    expect(answer.json).toMatchObject({ ok: true, matched: 1 });
    expect(await deliveryOf(answer)).toMatchObject({
      isSigned: false,
      context: { source: 'test', event: 'gate', conclusion: 'success', number: 3 },
    });
  });

  it('is kept when it starts nothing, with the reason', async () => {
    const answer = await trial({ event: 'fence' }, { 'x-delivery-id': 'fence-1' });
    expect(answer.json).toMatchObject({ ok: true, matched: 0, delivery: 'trial:fence-1' });
    expect((await deliveryOf(answer))?.unmatched.trial).toEqual([
      'events: wanted gate, found fence',
    ]);
  });
});

describe('an interaction of Discord', () => {
  const interaction = (type: number, data: object, change: Change = {}) =>
    deliver(discord, {
      payload: { ...discord.payload, id: `i-${type}-${JSON.stringify(data).length}`, type, data },
      ...change,
    });

  it('by a command is answered with a message, and starts the agent', async () => {
    const answer = await interaction(2, { name: 'gate' });
    expect(answer).toMatchObject({
      status: 200,
      json: { type: 4, data: { content: 'Accepted: an agent starts on it.', flags: 64 } },
    });
    const [kept] = (await deliveries()).filter(({ provider }) => provider === 'discord');
    expect(kept).toMatchObject({ event: 'application_command', action: 'gate', outcome: 'ran' });
  });

  it('that starts nothing is answered with a message that says so', async () => {
    const payload = { id: 'i-none', type: 2, user: { username: 'nobody' }, data: { name: 'x' } };
    const answer = await deliver(discord, { payload });
    expect(answer.json).toEqual({
      type: 4,
      data: { content: 'Received, but no agent is set up for this.', flags: 64 },
    });
  });

  it('of each kind gets the answer that Discord understands', async () => {
    expect((await interaction(3, { custom_id: 'a' })).json).toEqual({ type: 6 });
    expect((await interaction(4, { name: 'g' })).json).toEqual({ type: 8, data: { choices: [] } });
    expect((await interaction(5, { custom_id: 'form' })).json).toMatchObject({ type: 4 });
  });
});
