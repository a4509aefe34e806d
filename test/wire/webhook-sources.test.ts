import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../shared/deliveries/delivery.ts';
import type { WebhookTrigger } from '../../shared/webhooks/trigger.ts';
import { agentOf, projectOf, startDrover, type TestDrover } from '../drover.ts';
import { deliver, type GitHubDelivery } from './github.ts';
import { storesNothing } from './stored.ts';

const secrets = {
  shared: Buffer.from('a secret of two sources'),
  old: Buffer.from('the secret of last year'),
  new: Buffer.from('the secret of this year'),
};

const on = (source: string): WebhookTrigger => ({ source, filters: {}, if: null });

let drover: TestDrover;
beforeAll(async () => {
  const project = projectOf({});
  const source = (instances: string[], allowUnsigned = false) => ({
    type: 'github',
    secrets: instances,
    allowUnsigned,
    options: {},
  });
  project.sources = {
    twin: source(['shared']),
    other: source(['same-again']),
    rotating: source(['old', 'new']),
    open: source(['not-stored'], true),
    guarded: source(['new'], true),
  };
  project.agents = {
    twin: agentOf({ webhooks: [on('twin')] }),
    other: agentOf({ webhooks: [on('other')] }),
    both: agentOf({ webhooks: [on('twin'), on('other')] }),
    rotating: agentOf({ webhooks: [on('rotating')] }),
    open: agentOf({ webhooks: [on('open')] }),
    guarded: agentOf({ webhooks: [on('guarded')] }),
  };
  const stored = { ...secrets, 'same-again': secrets.shared };
  const credentials = Object.fromEntries(
    Object.entries(stored).map(([instance, secret]) => [
      `github_webhook_secret:${instance}`,
      { secret: secret.toString() },
    ]),
  );
  drover = await startDrover({ project, credentials });
});
afterAll(() => drover.close());

const send = (path: string, delivery: GitHubDelivery) =>
  deliver(drover, { path: `/webhooks/${path}`, ...delivery });
const started = ({ json }: Awaited<ReturnType<typeof deliver>>): string[] =>
  Object.keys(json.runs ?? {}).sort();
const deliveryOf = async (id: string) =>
  (await drover.cloud.documents.get<Delivery>(`deliveries/${id}`))?.data;

const unsigned = { 'x-hub-signature-256': null };

// Before any run lives: one would store things all the time.
describe('a delivery', () => {
  it.each<[why: string, path: string, delivery: GitHubDelivery]>([
    ["its secret is nobody's", 'twin', { secret: Buffer.from('nobody') }],
    ['its secret is that of another source', 'rotating', { secret: secrets.shared }],
    ['its signature is wrong, even where none is needed', 'guarded', { secret: secrets.old }],
    ['it is unsigned and its source does not allow that', 'twin', { headers: unsigned }],
  ])('is refused with 401 when %s', async (_why, path, delivery) => {
    const answer = await storesNothing(drover, () => send(path, delivery));
    expect(answer).toMatchObject({ status: 401, json: { error: 'signature validation failed' } });
  });

  it('is refused with 404 when the project has no source of the type', async () => {
    const answer = await storesNothing(drover, () => send('slack', {}));
    expect(answer).toMatchObject({ status: 404, json: { error: 'unknown webhook source: slack' } });
  });
});

describe('a delivery to the URL of a type', () => {
  it('is for every source whose secret it is: one delivery, one run an agent', async () => {
    const answer = await send('github', { id: 'type-1', secret: secrets.shared });
    expect(answer.json).toMatchObject({ ok: true, matched: 3, delivery: 'twin:type-1' });
    expect(started(answer)).toEqual(['both', 'other', 'twin']);
    expect(await deliveryOf('twin:type-1')).toMatchObject({ sources: ['twin', 'other'] });
    const again = await send('github', { id: 'type-1', secret: secrets.shared });
    expect(again.json).toMatchObject({ duplicate: true, delivery: 'twin:type-1' });
  });
});

describe('a delivery to the URL of a source', () => {
  it('is for that one only, even where another has the same secret', async () => {
    const answer = await send('other', { id: 'own-1', secret: secrets.shared });
    expect(started(answer)).toEqual(['both', 'other']);
    expect(answer.json.delivery).toBe('other:own-1');
  });

  it.each(['old', 'new'] as const)(
    'may be signed with its %s secret while it is rotated',
    async (name) => {
      const answer = await send('rotating', { id: `rotating-${name}`, secret: secrets[name] });
      expect(started(answer)).toEqual(['rotating']);
    },
  );
});

describe('an unsigned delivery', () => {
  it('is taken by a source that allows it, which knows that it was unsigned', async () => {
    const answer = await send('open', { id: 'unsigned-1', headers: unsigned });
    expect(started(answer)).toEqual(['open']);
    expect(await deliveryOf('open:unsigned-1')).toMatchObject({ isSigned: false });
  });

  it('is taken by all those that allow it, at the URL of their type', async () => {
    const answer = await send('github', { id: 'unsigned-2', headers: unsigned });
    expect(started(answer)).toEqual(['guarded', 'open']);
  });

  it('may have a signature that nobody can check; one that is right is known as signed', async () => {
    const uncheckable = await send('open', { id: 'unsigned-3', secret: secrets.old });
    expect(started(uncheckable)).toEqual(['open']);
    const right = await send('guarded', { id: 'unsigned-4', secret: secrets.new });
    expect(started(right)).toEqual(['guarded']);
    expect(await deliveryOf('guarded:unsigned-4')).toMatchObject({ isSigned: true });
  });
});
