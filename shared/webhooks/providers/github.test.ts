import { describe, expect, it } from 'vitest';
import type { WebhookContext } from '../provider.ts';
import { github } from './github.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const source = { type: 'github', secrets: ['default'], allowUnsigned: false, options: {} };

function read(event: string, payload: unknown, headers: { [name: string]: string } = {}) {
  const request = {
    headers: { 'x-github-event': event, 'x-github-delivery': 'abc-1', ...headers },
    body: Buffer.from(''),
  };
  return github.read(request, payload, source, now);
}

function contextOf(event: string, payload: object): WebhookContext {
  const reading = read(event, {
    repository: { full_name: 'acme/pasture' },
    sender: { login: 'octavia' },
    ...payload,
  });
  if (reading.kind !== 'event') throw new Error(reading.kind);
  return reading.context;
}

describe('a GitHub signature', () => {
  // The example of GitHub's page "Validating webhook deliveries".
  const secret = Buffer.from("It's a Secret to Everybody");
  const body = Buffer.from('Hello, World!');
  const right = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  const verify = (signature?: string): boolean =>
    github.verify({ headers: { 'x-hub-signature-256': signature }, body }, secret, source, now);

  it('is right for these bytes and this secret', () => expect(verify(right)).toBe(true));

  it.each([
    undefined,
    '',
    'sha256=',
    right.slice(0, -1),
    `${right}0`,
    right.toUpperCase(),
    right.replace('7', '8'),
    right.replace('sha256', 'sha1'),
    ` ${right}`,
  ])('is wrong as %j', (signature) => expect(verify(signature)).toBe(false));

  it('is wrong for any other body', () => {
    const headers = { 'x-hub-signature-256': right };
    const other = { headers, body: Buffer.from('Hello, World') };
    expect(github.verify(other, secret, source, now)).toBe(false);
  });
});

describe('a GitHub event', () => {
  it('is a ping', () =>
    expect(read('ping', { zen: 'Keep it logically awesome.' }).kind).toBe('ping'));

  it.each(['', 'Issues', 'a b', '../x'])('is invalid with the name %j', (event) => {
    expect(read(event, {}).kind).toBe('invalid');
  });

  it('without a delivery id is known by its bytes', () => {
    const request = { headers: { 'x-github-event': 'issues' }, body: Buffer.from('') };
    expect(github.read(request, {}, source, now)).toMatchObject({
      kind: 'event',
      deliveryId: null,
    });
  });

  it.each(['', 'a/b', 'a b', 'x'.repeat(101)])('is invalid with the delivery id %j', (id) => {
    expect(read('issues', {}, { 'x-github-delivery': id }).kind).toBe('invalid');
  });

  it('issues: tells number, title, people and current labels', () => {
    const issue = {
      number: 42,
      title: 'Crash',
      body: 'It crashes.',
      html_url: 'https://github.com/acme/pasture/issues/42',
      user: { login: 'ben' },
      assignees: [{ login: 'cleo' }, { login: 'dan' }],
      labels: [{ name: 'agent' }, { name: 'bug' }],
    };
    expect(contextOf('issues', { action: 'labeled', issue })).toEqual({
      source: 'github',
      event: 'issues',
      action: 'labeled',
      repo: 'acme/pasture',
      number: 42,
      title: 'Crash',
      body: 'It crashes.',
      url: 'https://github.com/acme/pasture/issues/42',
      author: 'ben',
      assignee: 'cleo',
      labels: ['agent', 'bug'],
      sender: 'octavia',
      timestamp: '2026-03-01T12:00:00.000Z',
    });
  });

  it('pull_request_review: tells the branch and what was said', () => {
    const event = contextOf('pull_request_review', {
      action: 'submitted',
      pull_request: { number: 7, head: { ref: 'fix' } },
      review: { body: 'Looks right.' },
    });
    expect(event).toMatchObject({ number: 7, branch: 'fix', comment: 'Looks right.' });
  });

  it('push: tells branch, author and message of the head commit; a tag keeps its ref', () => {
    const head_commit = { message: 'Mend the fence', author: { username: 'ben' } };
    expect(contextOf('push', { ref: 'refs/heads/main', head_commit })).toMatchObject({
      branch: 'main',
      title: 'Mend the fence',
      author: 'ben',
    });
    expect(contextOf('push', { ref: 'refs/tags/v1' }).branch).toBe('refs/tags/v1');
  });

  it('workflow_run: tells conclusion and branch', () => {
    const workflow_run = {
      name: 'CI',
      conclusion: 'failure',
      head_branch: 'main',
      pull_requests: [],
    };
    expect(contextOf('workflow_run', { action: 'completed', workflow_run })).toMatchObject({
      title: 'CI',
      conclusion: 'failure',
      branch: 'main',
    });
  });

  const pull_request = { number: 7, head: { ref: 'fix' }, labels: [] };

  it.each<[event: string, payload: object, context: Partial<WebhookContext>]>([
    [
      'pull_request_review_comment',
      { pull_request, comment: { body: 'Why?' } },
      { number: 7, branch: 'fix', comment: 'Why?' },
    ],
    [
      'pull_request_review_thread',
      { pull_request, thread: { comments: [{ body: 'Why?' }] } },
      { number: 7, branch: 'fix', comment: 'Why?' },
    ],
    [
      'discussion',
      { discussion: { number: 3, title: 'Fences', html_url: 'u', user: { login: 'ben' } } },
      { number: 3, title: 'Fences', url: 'u', author: 'ben' },
    ],
    [
      'discussion_comment',
      { discussion: { number: 3 }, comment: { body: 'Yes' } },
      { number: 3, comment: 'Yes' },
    ],
    [
      'commit_comment',
      { comment: { body: 'Neat', html_url: 'u', user: { login: 'ben' } } },
      { comment: 'Neat', url: 'u', author: 'ben' },
    ],
    [
      'check_run',
      {
        check_run: {
          name: 'lint',
          html_url: 'u',
          conclusion: 'failure',
          check_suite: { head_branch: 'fix' },
          pull_requests: [{ number: 7 }],
        },
      },
      { title: 'lint', url: 'u', conclusion: 'failure', branch: 'fix', number: 7 },
    ],
    [
      'check_suite',
      {
        check_suite: {
          app: { name: 'CI' },
          conclusion: 'success',
          head_branch: 'fix',
          pull_requests: [{ number: 7 }],
        },
      },
      { title: 'CI', conclusion: 'success', branch: 'fix', number: 7 },
    ],
    [
      'workflow_job',
      {
        workflow_job: { name: 'build', html_url: 'u', head_branch: 'main', conclusion: 'failure' },
      },
      { title: 'build', url: 'u', branch: 'main', conclusion: 'failure' },
    ],
    [
      'status',
      { context: 'ci/x', state: 'error', target_url: 'u', branches: [{ name: 'main' }] },
      { title: 'ci/x', conclusion: 'error', url: 'u', branch: 'main' },
    ],
    [
      'release',
      { release: { tag_name: 'v1', body: 'New', html_url: 'u', author: { login: 'ben' } } },
      { title: 'v1', body: 'New', url: 'u', author: 'ben' },
    ],
    [
      'deployment',
      { deployment: { environment: 'production', ref: 'main', creator: { login: 'ben' } } },
      { title: 'production', branch: 'main', author: 'ben' },
    ],
    [
      'deployment_status',
      {
        deployment: { environment: 'production', ref: 'main' },
        deployment_status: { state: 'failure', log_url: 'u' },
      },
      { title: 'production', branch: 'main', conclusion: 'failure', url: 'u' },
    ],
    ['create', { ref: 'v1', ref_type: 'tag' }, { title: 'v1', branch: 'refs/tags/v1' }],
    ['delete', { ref: 'fix', ref_type: 'branch' }, { title: 'fix', branch: 'fix' }],
  ])('%s: tells what it is about', (event, payload, context) => {
    expect(contextOf(event, payload)).toMatchObject(context);
  });

  it('of another kind has a title all the same', () => {
    expect(contextOf('star', { action: 'created' }).title).toBe('created');
    expect(contextOf('fork', {}).title).toBe('fork');
  });

  it('of an organisation is read without a repository', () => {
    const reading = read('member', { organization: { login: 'acme' } });
    expect(reading).toMatchObject({ context: { repo: 'acme', sender: '' } });
  });

  it('has its long texts cut, and says so', () => {
    const { body } = contextOf('issues', { issue: { body: 'x'.repeat(5_000) } });
    expect(body).toBe(`${'x'.repeat(4_000)}...`);
  });

  it('is read whatever shape its fields have', () => {
    const odd = { issue: [1], labels: 7, sender: 'me', repository: null, action: {} };
    expect(contextOf('issues', odd)).toMatchObject({
      event: 'issues',
      title: 'issues',
      labels: [],
    });
    for (const payload of [null, [], 'x', 7]) expect(read('issues', payload).kind).toBe('event');
  });

  it('does not take a field from the prototype', () => {
    expect(contextOf('issues', { issue: {} }).title).toBe('issues');
    expect(contextOf('issues', JSON.parse('{"__proto__":{"action":"x"}}')).action).toBeUndefined();
  });
});
