import { text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookContext, WebhookProvider } from '../provider.ts';
import { isHmac } from '../signatures.ts';
import { idOf, on } from '../values.ts';

type ResourceFields = {
  [field in 'repo' | 'title' | 'body' | 'url' | 'assignee' | 'comment']?:
    | WebhookContext[field]
    | undefined;
};

/** Webhooks of Sentry's integration platform (docs: "Integration Platform, Webhooks"). */
export const sentry: WebhookProvider = {
  type: 'sentry',
  secret: { type: 'sentry_client_secret', field: 'secret' },
  options: {},
  filters: {
    resources: on(
      'event',
      'the resource: `event_alert`, `metric_alert`, `issue`, `error` or `comment`',
    ),
  },

  isSigned: ({ headers }) => headers['sentry-hook-signature'] !== undefined,

  verify: ({ headers, body }, secret) => isHmac(headers['sentry-hook-signature'], body, secret),

  read({ headers }, payload, _source, now) {
    const event = headers['sentry-hook-resource'];
    if (event === undefined || !/^[a-z_]{1,100}$/.test(event)) {
      return {
        kind: 'invalid',
        why: 'header Sentry-Hook-Resource is missing or not the name of a resource',
      };
    }
    const action = text(payload, 'action');
    const own = fields(event, payload);
    const context = bound({
      source: 'sentry',
      event,
      action,
      ...own,
      repo: own.repo ?? text(payload, 'installation', 'uuid') ?? 'unknown',
      title: own.title ?? action ?? event,
      sender: text(payload, 'actor', 'name') ?? text(payload, 'actor', 'type') ?? 'unknown',
      timestamp: new Date(now).toISOString(),
    });
    return { kind: 'event', deliveryId: headers['request-id'] ?? null, context };
  },
};

function fields(resource: string, payload: unknown): ResourceFields {
  switch (resource) {
    case 'issue':
      return {
        repo: text(payload, 'data', 'issue', 'project', 'slug'),
        title: text(payload, 'data', 'issue', 'title'),
        url:
          text(payload, 'data', 'issue', 'web_url') ?? text(payload, 'data', 'issue', 'permalink'),
        assignee: text(payload, 'data', 'issue', 'assignedTo', 'name'),
      };
    case 'event_alert':
      return { ...occurrence(payload, 'event'), repo: text(payload, 'data', 'triggered_rule') };
    case 'error':
      return occurrence(payload, 'error');
    case 'metric_alert':
      return {
        repo:
          text(payload, 'data', 'metric_alert', 'organization', 'slug') ??
          idOf(payload, 'data', 'metric_alert', 'organization_id') ??
          text(payload, 'data', 'metric_alert', 'projects', 0),
        title:
          text(payload, 'data', 'description_title') ??
          text(payload, 'data', 'metric_alert', 'title'),
        body: text(payload, 'data', 'description_text'),
        url: text(payload, 'data', 'web_url'),
      };
    case 'comment':
      return {
        repo: text(payload, 'data', 'project_slug'),
        title: text(payload, 'data', 'issue', 'title'),
        url: text(payload, 'data', 'issue', 'web_url'),
        comment: text(payload, 'data', 'comment'),
      };
    default:
      return {};
  }
}

/** What an error and the event of an alert have in common. */
function occurrence(payload: unknown, key: 'error' | 'event'): ResourceFields {
  return {
    repo: text(payload, 'data', key, 'project', 'slug') ?? idOf(payload, 'data', key, 'project'),
    title: text(payload, 'data', key, 'title'),
    body: text(payload, 'data', key, 'message'),
    url: text(payload, 'data', key, 'web_url'),
  };
}
