import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import { onGithub, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, issueOpened, sign } from './github.ts';
import { storesNothing } from './stored.ts';

const mebibyte = 1024 * 1024;
const json = JSON.stringify(issueOpened);

let drover: TestDrover;
beforeAll(async () => {
  const project = projectOf({
    closer: { webhooks: [onGithub({ events: ['issues'], actions: ['closed'] })] },
    pusher: { webhooks: [onGithub({ events: ['push'], repos: ['acme/barn'] })] },
    idler: { webhooks: [] },
  });
  drover = await startDrover({ project });
});
afterAll(() => drover.close());

describe('a delivery whose signature is not of its bytes', () => {
  const right = () => sign(drover.signingSecret, json);

  it.each<[what: string, signature: () => string | string[] | null]>([
    ['is missing', () => null],
    ['is empty', () => ''],
    ['has no scheme', () => right().slice('sha256='.length)],
    ['has an older scheme', () => right().replace('sha256', 'sha1')],
    ['is too short', () => right().slice(0, -1)],
    ['is too long', () => `${right()}0`],
    ['is no hex', () => right().replace(/.$/, 'g')],
    ['is in capitals', () => right().toUpperCase()],
    ['is of another secret', () => sign(Buffer.from('another secret'), json)],
    ['is of an empty secret', () => sign(Buffer.alloc(0), json)],
    ['is of other bytes', () => sign(drover.signingSecret, `${json} `)],
    ['is there twice', () => [right(), right()]],
  ])('is refused with 401 when it %s', async (_what, signature) => {
    const headers = { 'x-hub-signature-256': signature() };
    const answer = await storesNothing(drover, () => deliver(drover, { body: json, headers }));
    expect(answer).toMatchObject({ status: 401, json: { error: 'signature validation failed' } });
  });

  it('is refused even as a ping, and before its body is looked into', async () => {
    const secret = Buffer.from('another secret');
    const answer = await storesNothing(drover, () =>
      deliver(drover, { event: 'ping', body: '{', secret }),
    );
    expect(answer.status).toBe(401);
  });
});

describe('a signed body that is no event', () => {
  const brackets = '['.repeat(200_000);

  it.each<[what: string, body: Uint8Array | string]>([
    ['no JSON', 'issue 7 was opened'],
    ['empty', ''],
    ['cut short', json.slice(0, -1)],
    ['a JSON string', '"opened"'],
    ['a JSON number', '7'],
    ['a JSON null', 'null'],
    ['a JSON list', `[${json}]`],
    ['followed by more', `${json}${json}`],
    ['no UTF-8', Buffer.from([...Buffer.from('{"action":"'), 0xff, ...Buffer.from('"}')])],
    ['UTF-16', Buffer.from(json, 'utf16le')],
    ['nested without end', brackets],
  ])('is refused with 400 when it is %s', async (_what, body) => {
    const answer = await storesNothing(drover, () => deliver(drover, { body }));
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid JSON body' } });
  });

  it.each<[what: string, form: string, error: string]>([
    ['has no payload', 'action=opened', 'missing payload in form body'],
    ['has an empty payload', 'payload=', 'missing payload in form body'],
    ['has a payload that is no JSON', 'payload=%7B', 'invalid JSON body'],
    ['is no form', json, 'missing payload in form body'],
  ])('is refused with 400 when it is a form that %s', async (_what, body, error) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await storesNothing(drover, () => deliver(drover, { body, headers }));
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe(error);
  });

  it.each<[what: string, headers: { [name: string]: string | string[] | null }]>([
    ['has no content type', { 'content-type': null }],
    ['is text', { 'content-type': 'text/plain' }],
    ['is opaque', { 'content-type': 'application/octet-stream' }],
    ['is multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['names two content types', { 'content-type': ['application/json', 'application/json'] }],
    ['says that it is compressed', { 'content-encoding': 'gzip' }],
    ['says that it is compressed as nobody compresses', { 'content-encoding': 'rot13' }],
  ])('is refused with 415 when it %s', async (_what, headers) => {
    const answer = await storesNothing(drover, () => deliver(drover, { headers }));
    expect(answer.status).toBe(415);
    expect(answer.json.error).toMatch(/is not accepted; send /);
  });

  it('is refused with 415 when it is compressed, and is not inflated to be looked at', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * mebibyte, ' '));
    const headers = { 'content-encoding': 'gzip' };
    const answer = await storesNothing(drover, () => deliver(drover, { body: bomb, headers }));
    expect(answer.status).toBe(415);
  });

  it('is refused with 413 when it is longer than GitHub ever sends', async () => {
    const body = Buffer.alloc(25 * mebibyte + 1, ' ');
    const answer = await storesNothing(drover, () => deliver(drover, { body }));
    expect(answer.status).toBe(413);
    expect(answer.json.error).toBe('body of 26214401 bytes is over the limit of 26214400');
  });
});

describe('a delivery that asks for nothing', () => {
  it('is answered well when it is a ping, and not kept', async () => {
    const answer = await storesNothing(drover, () => deliver(drover, { event: 'ping' }));
    expect(answer).toMatchObject({ status: 200, json: { ok: true, ping: true } });
  });

  it('is kept with the filters that it failed, for each agent', async () => {
    const answer = await deliver(drover, { id: 'asks-for-nothing' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ok: true, matched: 0, skipped: 3, runs: {} });
    const kept = await drover.cloud.documents.get<Delivery>('deliveries/github:asks-for-nothing');
    expect(kept?.data.unmatched).toEqual({
      closer: ['actions: wanted closed, found opened'],
      pusher: ['events: wanted push, found issues; repos: wanted acme/barn, found acme/house'],
      idler: ['source: no trigger on github'],
    });
    expect(kept?.data.summary).toBe('issues.opened matched none of 3 agents');
  });
});

describe('a delivery to a source', () => {
  it.each(['gitlab', '__proto__', 'constructor', 'GitHub', 'github ', 'github:default'])(
    'is refused with 404 when the source is %j',
    async (source) => {
      const path = `/webhooks/${encodeURIComponent(source)}`;
      const answer = await storesNothing(drover, () => deliver(drover, { path }));
      expect(answer.status).toBe(404);
      expect(answer.json.error).toBe(`unknown webhook source: ${source}`);
    },
  );
});
