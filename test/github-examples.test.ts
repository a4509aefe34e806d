import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { accept } from '../shared/deliveries/accept.ts';
import { readDelivery } from '../shared/deliveries/read.ts';
import { at, text } from '../shared/json.ts';
import type { WebhookContext, WebhookRequest } from '../shared/webhooks/provider.ts';
import { filtersOf, providerOf } from '../shared/webhooks/providers.ts';
import type { WebhookSource } from '../shared/webhooks/trigger.ts';
import { onGithub, projectOf } from './project.ts';
import { settings } from './sim/place.ts';
import { createWorld, type World } from './world.ts';

/** The package has a file for GitHub itself and one for each release of GitHub's server. */
const editions = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'];

interface Example {
  event: string;
  /** Where it stands in the package, for messages and as delivery id. */
  id: string;
  payload: { readonly [field: string]: unknown };
}

const load = createRequire(import.meta.url);
const examples: Example[] = editions.flatMap((edition) => {
  const events = load(`@octokit/webhooks-examples/${edition}/index.json`) as {
    name: string;
    examples: Example['payload'][];
  }[];
  return events.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload, index) => ({
      event: name,
      id: `${edition.replaceAll('.', '-')}-${name.replaceAll('_', '-')}-${index}`,
      payload,
    })),
  );
});
const events = [...new Set(examples.map(({ event }) => event))].sort();
const table = events.map(
  (event) => [event, examples.filter((example) => example.event === event)] as const,
);

const github = providerOf('github');
if (!github) throw new Error('GitHub is no provider');
const secret = Buffer.from('a secret between GitHub and us');
const source: WebhookSource = {
  type: 'github',
  secrets: ['default'],
  allowUnsigned: false,
  options: {},
};
const now = Date.parse('2026-03-01T12:00:00Z');

function requestOf({ event, id, payload }: Example): WebhookRequest {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  };
}

function contextOf(example: Example): WebhookContext {
  const reading = github?.read(requestOf(example), example.payload, source, now);
  if (reading?.kind !== 'event') throw new Error(`${example.id} is no event: ${reading?.kind}`);
  return reading.context;
}

/** One agent for each filter there is, wanting what no event has, and some that want what many have. */
const filters = Object.entries(filtersOf('github')).map(([name, { isFlag }]) => [
  `filter-${name.replaceAll('_', '-')}`,
  { webhooks: [onGithub({ [name]: [isFlag ? 'true' : 'nothing-has-this'] })] },
]);
const project = projectOf({
  ...Object.fromEntries(filters),
  everything: {},
  conditional: {
    webhooks: [
      { source: 'github', filters: {}, if: 'has(payload.sender) && event.event != "push"' },
    ],
  },
  globs: { webhooks: [onGithub({ repos: ['*/*', '!acme/*'], labels: ['*'], branches: ['**'] })] },
  twice: { webhooks: [onGithub({ actions: ['opened'] }), onGithub({ events: ['push'] })] },
});

let world: World;
beforeAll(async () => {
  world = await createWorld({ project });
});

describe('the example payloads of GitHub', () => {
  it('are there, for every edition and for many events', () => {
    expect(table.length).toBeGreaterThan(50);
    expect(examples.length).toBeGreaterThan(500);
  });

  it.each(table.filter(([event]) => event === 'ping'))(
    '%s only asks whether we listen',
    (_, all) => {
      for (const example of all) {
        const reading = github.read(requestOf(example), example.payload, source, now);
        expect(reading.kind, example.id).toBe('ping');
      }
    },
  );

  it.each(table.filter(([event]) => event !== 'ping'))(
    '%s is verified, read, matched, kept and read back',
    async (_, all) => {
      const published = await world.releases.current();
      if (!published) throw new Error('no release');
      for (const example of all) {
        const { payload, id, event } = example;
        const request = requestOf(example);
        expect(github.verify(request, secret, source, now), id).toBe(true);
        const forged = { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) };
        expect(github.verify(forged, secret, source, now), id).toBe(false);

        const context = contextOf(example);
        const owner = text(payload, 'organization', 'login') ?? '';
        expect(context, id).toMatchObject({
          source: 'github',
          event,
          repo: text(payload, 'repository', 'full_name') ?? owner,
          sender: text(payload, 'sender', 'login') ?? '',
          title: expect.stringMatching(/./),
          timestamp: '2026-03-01T12:00:00.000Z',
        });
        expect(context.action, id).toBe(text(payload, 'action'));
        expect(JSON.stringify(context).length, id).toBeLessThan(20_000);

        const accepted = await accept(world.ports, settings, published, {
          sources: ['github'],
          deliveryId: id,
          context,
          payload,
          body: request.body,
          contentType: 'application/json',
          isSigned: true,
        });
        expect(accepted, id).toMatchObject({ delivery: `github:${id}`, duplicate: false });
        expect(accepted.runs, id).toHaveProperty('everything');
        expect('conditional' in accepted.runs, id).toBe('sender' in payload && event !== 'push');

        const kept = await readDelivery(world.ports, accepted.delivery);
        expect(kept?.delivery.context, id).toEqual(context);
        expect(JSON.parse(kept?.body?.text ?? ''), id).toEqual(payload);
        const answered = Object.keys({ ...accepted.runs, ...kept?.delivery.unmatched });
        expect(answered.sort(), id).toEqual(Object.keys(project.agents).sort());
        const run = await world.run(accepted.runs.everything ?? '');
        expect(run.context, id).toEqual({ ...context, receiptId: accepted.delivery });
      }
    },
  );
});

/** What a reader of the payload would call number, branch and author. */
type Facts = (payload: unknown) => Pick<WebhookContext, 'number' | 'branch' | 'author'>;

const thread =
  (name: string, hasBranch: boolean): Facts =>
  (payload) => ({
    number: at(payload, name, 'number') as number,
    ...(hasBranch ? { branch: at(payload, name, 'head', 'ref') as string } : {}),
    author: at(payload, name, 'user', 'login') as string,
  });

const facts: { [event: string]: Facts } = {
  issues: thread('issue', false),
  issue_comment: thread('issue', false),
  pull_request: thread('pull_request', true),
  pull_request_review: thread('pull_request', true),
  push: (payload) => {
    const author = at(payload, 'head_commit', 'author', 'username') as string | undefined;
    const branch = String(at(payload, 'ref')).replace('refs/heads/', '');
    return { branch, ...(author === undefined ? {} : { author }) };
  },
  workflow_run: (payload) => ({ branch: at(payload, 'workflow_run', 'head_branch') as string }),
};

describe('number, branch and author', () => {
  it.each(Object.keys(facts))('of %s are those of the payload', (event) => {
    const found = examples.filter((example) => example.event === event);
    expect(found.length).toBeGreaterThan(4);
    for (const example of found) {
      expect(contextOf(example), example.id).toMatchObject(facts[event]?.(example.payload) ?? {});
    }
  });

  it('of one of each are these', () => {
    const first = (event: string) =>
      contextOf(examples.find((example) => example.event === event) ?? fail(event));
    const author = 'Codertocat';
    expect(first('issues')).toMatchObject({ number: 1, author, action: 'edited' });
    expect(first('issue_comment')).toMatchObject({ number: 1, author, action: 'created' });
    expect(first('pull_request')).toMatchObject({ number: 2, branch: 'changes', author });
    expect(first('pull_request_review')).toMatchObject({ number: 2, branch: 'changes', author });
    expect(first('push')).toMatchObject({ branch: 'refs/tags/simple-tag', author });
    expect(first('workflow_run')).toMatchObject({ branch: 'main', repo: 'Codertocat/Hello-World' });
  });
});

function fail(event: string): never {
  throw new Error(`no example of ${event}`);
}
