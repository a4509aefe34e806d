import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver } from './github.ts';
import type { Headers } from './http.ts';
import { storesNothing } from './stored.ts';

let drover: TestDrover;
beforeAll(async () => {
  drover = await startDrover({ project: projectOf({ triage: { webhooks: [] } }) });
});
afterAll(() => drover.close());

const wrongEvent = 'header X-GitHub-Event is missing or not an event name';
const wrongDelivery = 'header X-GitHub-Delivery is not an id';

describe('a signed delivery with odd headers', () => {
  it.each<[what: string, headers: Headers]>([
    ['is missing', { 'x-github-event': null }],
    ['is empty', { 'x-github-event': '' }],
    ['is there twice', { 'x-github-event': ['issues', 'issues'] }],
    ['is a path', { 'x-github-event': '../runs' }],
    ['is in capitals', { 'x-github-event': 'Issues' }],
    ['is not ASCII', { 'x-github-event': 'issu\u00e9s' }],
    ['is very long', { 'x-github-event': 'a'.repeat(8_000) }],
  ])('is refused with 400 when its event %s', async (_what, headers) => {
    const answer = await storesNothing(drover, () => deliver(drover, { headers }));
    expect(answer).toMatchObject({ status: 400, json: { error: wrongEvent } });
  });

  it.each<[what: string, headers: Headers]>([
    ['is empty', { 'x-github-delivery': '' }],
    ['is there twice', { 'x-github-delivery': ['a-1', 'a-2'] }],
    ['has slashes', { 'x-github-delivery': 'a/body/000' }],
    ['leaves the collection', { 'x-github-delivery': '../../project/current' }],
    ['is a dot', { 'x-github-delivery': '.' }],
    ['has the key separator', { 'x-github-delivery': 'a:b' }],
    ['is percent-encoded', { 'x-github-delivery': 'a%2Fb' }],
    ['is reserved by Firestore', { 'x-github-delivery': '__id7__' }],
    ['is not ASCII', { 'x-github-delivery': 'caf\u00e9' }],
    ['is very long', { 'x-github-delivery': 'a'.repeat(8_000) }],
  ])('is refused with 400 when its id %s', async (_what, headers) => {
    const answer = await storesNothing(drover, () => deliver(drover, { headers }));
    expect(answer).toMatchObject({ status: 400, json: { error: wrongDelivery } });
  });

  it.each(['exa mple', 'example.com/x', '[::1', 'user@'])(
    'is refused with 400 when it asks for the host %j',
    async (host) => {
      const answer = await storesNothing(drover, () => deliver(drover, { headers: { host } }));
      expect(answer.status).toBe(400);
    },
  );
});

describe('a signed delivery by another way', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'is refused with 404 when its method is %s',
    async (method) => {
      const answer = await storesNothing(drover, () => deliver(drover, { method }));
      expect(answer.status).toBe(404);
    },
  );

  it.each([
    '/webhooks',
    '/webhooks/',
    '/webhooks/github/',
    '/webhooks/github/more',
    '/webhooks//github',
    '/webhooks/./github/../..',
    '/webhooks/github/../../../dispatch',
    '/webhooks/%zz',
    '/webhooks/%',
    '/webhooks/%ff%fe',
    '/webhooks/%00',
    '/webhooks/%0d%0aset-cookie:x',
    '/webhooks/github%2f..%2fgithub',
    '/webhooks/git%2568ub',
    '/webhooks/github%20',
    '/webhooks/github;x=1',
    `/webhooks/${'a'.repeat(8_000)}`,
    '/webhook',
    '/webhook/github',
    '/webhook//webhooks/github',
    '/webhook/%zz',
    '/WEBHOOKS/github',
    '/',
    '//webhooks/github',
    '/nothing/here',
    '/__proto__/webhooks/github',
  ])('is refused with 404 at %s', async (path) => {
    const answer = await storesNothing(drover, () => deliver(drover, { path }));
    expect(answer.status).toBe(404);
  });

  it('is refused with 400 when its path has a backslash', async () => {
    const path = '/webhooks/\\github';
    const answer = await storesNothing(drover, () => deliver(drover, { path }));
    expect(answer.status).toBe(400);
  });

  it('is at the same source when letters of its path are percent-encoded', async () => {
    const answer = await deliver(drover, { path: '/webhooks/git%68ub' });
    expect(answer).toMatchObject({ status: 200, json: { ok: true } });
    expect(answer.json.delivery).toMatch(/^github:/);
  });
});
