import { at, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookContext, WebhookProvider } from '../provider.ts';
import { isHmac } from '../signatures.ts';
import { on, onAny, one, onLabels } from '../values.ts';
import { fieldsOf } from './github-fields.ts';

/** GitHub's webhooks (docs: "Webhook events and payloads", "Validating webhook deliveries"). */
export const github: WebhookProvider = {
  type: 'github',
  secret: { type: 'github_webhook_secret', field: 'secret' },
  options: {},
  filters: {
    events: on('event', 'the event, such as `issues`'),
    actions: on('action', 'its action, such as `labeled`'),
    repos: on('repo', 'the repository, `owner/name`'),
    org: { about: 'the owner of the repository', values: ({ repo }) => one(repo.split('/')[0]) },
    orgs: { about: 'the owner of the repository', values: ({ repo }) => one(repo.split('/')[0]) },
    labels: onLabels('any of the current labels'),
    assignee: on('assignee', 'login of the first assignee'),
    author: on('author', 'login of who wrote the issue, pull request or discussion'),
    branches: onAny('branch', 'the branch; of a pull request, its own'),
    conclusions: onAny('conclusion', 'how a run, job, check, status or deployment ended'),
    drafts: {
      about:
        'whether it is about a draft pull request: `false` leaves them out, `true` takes nothing else',
      values: (_context, payload) => [String(isDraft(payload))],
      isFlag: true,
    },
    forks: {
      about:
        'whether it is about a pull request or run from a fork: `false` leaves them out, `true` takes nothing else',
      values: (_context, payload) => [String(isFromFork(payload))],
      isFlag: true,
    },
  },

  isSigned: ({ headers }) => headers['x-hub-signature-256'] !== undefined,

  verify: ({ headers, body }, secret) =>
    isHmac(headers['x-hub-signature-256'], body, secret, { prefix: 'sha256=' }),

  read({ headers }, payload, _source, now) {
    const event = headers['x-github-event'];
    if (event === undefined || !/^[a-z0-9_]{1,100}$/.test(event)) {
      return { kind: 'invalid', why: 'header X-GitHub-Event is missing or not an event name' };
    }
    if (event === 'ping') return { kind: 'ping' };
    // GitHub sends one always; a fixture, or who only signs as GitHub does, may have none.
    const deliveryId = headers['x-github-delivery'] ?? null;
    if (deliveryId !== null && !/^[A-Za-z0-9-]{1,100}$/.test(deliveryId)) {
      return { kind: 'invalid', why: 'header X-GitHub-Delivery is not an id' };
    }
    return { kind: 'event', deliveryId, context: contextOf(event, payload, now) };
  },
};

function contextOf(event: string, payload: unknown, now: number): WebhookContext {
  const action = text(payload, 'action');
  const own = fieldsOf(event, payload);
  return bound({
    source: 'github',
    event,
    action,
    // An event of an organisation has no repository; it is matched by `org` all the same.
    repo: text(payload, 'repository', 'full_name') ?? text(payload, 'organization', 'login') ?? '',
    ...own,
    title: own.title ?? action ?? event,
    sender: text(payload, 'sender', 'login') ?? '',
    timestamp: new Date(now).toISOString(),
  });
}

/** Of a comment on a pull request, GitHub tells it as an issue's. */
function isDraft(payload: unknown): boolean {
  return at(payload, 'pull_request', 'draft') === true || at(payload, 'issue', 'draft') === true;
}

/** Whether what it is about comes from another repository, or from one that is gone, which nobody can vouch for. */
function isFromFork(payload: unknown): boolean {
  const pull = at(payload, 'pull_request', 'head');
  if (pull !== undefined) {
    const base =
      at(payload, 'pull_request', 'base', 'repo', 'id') ?? at(payload, 'repository', 'id');
    return at(pull, 'repo', 'id') !== base;
  }
  const run = at(payload, 'workflow_run');
  if (run === undefined) return false;
  return at(run, 'head_repository', 'id') !== at(payload, 'repository', 'id');
}
