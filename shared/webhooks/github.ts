import { createHmac, timingSafeEqual } from 'node:crypto';
import { at, list, text } from '../json.ts';
import { bound } from './bound.ts';
import type { WebhookContext, WebhookProvider } from './provider.ts';

type EventFields = Partial<
  Pick<
    WebhookContext,
    | 'number'
    | 'title'
    | 'body'
    | 'url'
    | 'author'
    | 'assignee'
    | 'labels'
    | 'branch'
    | 'conclusion'
    | 'comment'
  >
>;

type Fields = { [field in keyof EventFields]?: EventFields[field] | undefined };

/** GitHub's webhooks (docs: "Webhook events and payloads", "Validating webhook deliveries"). */
export const github: WebhookProvider = {
  type: 'github',
  secretType: 'github_webhook_secret',

  verify({ headers, body }, secret) {
    const given = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256'] ?? '')?.[1];
    if (given === undefined) return false;
    const expected = createHmac('sha256', secret).update(body).digest();
    return timingSafeEqual(Buffer.from(given, 'hex'), expected);
  },

  read({ headers }, payload, now) {
    const event = headers['x-github-event'];
    if (event === undefined || !/^[a-z0-9_]{1,100}$/.test(event)) {
      return { kind: 'invalid', why: 'header X-GitHub-Event is missing or not an event name' };
    }
    if (event === 'ping') return { kind: 'ping' };
    const deliveryId = headers['x-github-delivery'];
    if (deliveryId === undefined || !/^[A-Za-z0-9-]{1,100}$/.test(deliveryId)) {
      return { kind: 'invalid', why: 'header X-GitHub-Delivery is missing or not an id' };
    }
    return { kind: 'event', deliveryId, context: contextOf(event, payload, now) };
  },
};

function contextOf(event: string, payload: unknown, now: number): WebhookContext {
  const action = text(payload, 'action');
  const own = fields(event, payload);
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

function fields(event: string, payload: unknown): Fields {
  switch (event) {
    case 'issues':
      return thread(payload, 'issue');
    case 'issue_comment':
      return {
        ...thread(payload, 'issue'),
        assignee: undefined,
        comment: text(payload, 'comment', 'body'),
      };
    case 'pull_request':
      return {
        ...thread(payload, 'pull_request'),
        branch: text(payload, 'pull_request', 'head', 'ref'),
      };
    case 'pull_request_review':
      return {
        ...thread(payload, 'pull_request'),
        branch: text(payload, 'pull_request', 'head', 'ref'),
        comment: text(payload, 'review', 'body'),
      };
    case 'push':
      return {
        title: text(payload, 'head_commit', 'message'),
        url: text(payload, 'compare'),
        author: text(payload, 'head_commit', 'author', 'username'),
        branch: text(payload, 'ref')?.replace(/^refs\/heads\//, ''),
      };
    case 'workflow_run':
      return {
        number: integer(payload, 'workflow_run', 'pull_requests', 0, 'number'),
        title: text(payload, 'workflow_run', 'name'),
        url: text(payload, 'workflow_run', 'html_url'),
        author: text(payload, 'workflow_run', 'actor', 'login'),
        branch: text(payload, 'workflow_run', 'head_branch'),
        conclusion: text(payload, 'workflow_run', 'conclusion'),
      };
    default:
      return {};
  }
}

/** What issues and pull requests have in common. */
function thread(payload: unknown, key: 'issue' | 'pull_request'): Fields {
  return {
    number: integer(payload, key, 'number'),
    title: text(payload, key, 'title'),
    body: text(payload, key, 'body'),
    url: text(payload, key, 'html_url'),
    author: text(payload, key, 'user', 'login'),
    assignee:
      text(payload, key, 'assignees', 0, 'login') ?? text(payload, key, 'assignee', 'login'),
    labels: list(payload, key, 'labels').flatMap((label) => text(label, 'name') ?? []),
  };
}

function integer(payload: unknown, ...path: readonly (string | number)[]): number | undefined {
  const value = at(payload, ...path);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
