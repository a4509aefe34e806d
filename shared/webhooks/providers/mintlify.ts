import { at, text } from '../../json.ts';
import { bound } from '../bound.ts';
import type { WebhookProvider, WebhookRequest } from '../provider.ts';
import { isHmac } from '../signatures.ts';
import { isoOf } from '../times.ts';
import { on, onAny } from '../values.ts';

function signatureOf({ headers }: WebhookRequest): string | undefined {
  return headers['x-mintlify-signature'] ?? headers['mintlify-signature'];
}

/** Mintlify's webhooks on builds of documentation. */
export const mintlify: WebhookProvider = {
  type: 'mintlify',
  secret: { type: 'mintlify_webhook_secret', field: 'secret' },
  options: {},
  filters: {
    events: on('event', 'the event, such as `build`'),
    actions: on('action', 'its action or status, such as `failed`'),
    repos: on('repo', 'the project'),
    projects: on('repo', 'the project: the same as `repos`'),
    branches: onAny('branch', 'the branch; `main` where the event names none'),
  },

  isSigned: (request) => signatureOf(request) !== undefined,

  verify: (request, secret) => isHmac(signatureOf(request), request.body, secret),

  read(_request, payload, _source, now) {
    const event = text(payload, 'event') ?? 'build';
    const action = text(payload, 'action') ?? text(payload, 'status');
    const context = bound({
      source: 'mintlify',
      event,
      action,
      repo: text(payload, 'project') ?? text(payload, 'organization') ?? 'unknown',
      title: text(payload, 'title') ?? (action === undefined ? event : `Build ${action}`),
      body:
        text(payload, 'message') ??
        text(payload, 'description') ??
        text(payload, 'error') ??
        text(payload, 'error', 'message'),
      url: text(payload, 'url') ?? text(payload, 'build_url') ?? text(payload, 'logs_url'),
      branch: text(payload, 'branch') ?? 'main',
      conclusion: conclusionOf(action),
      sender: text(payload, 'user', 'email') ?? text(payload, 'user', 'name') ?? 'unknown',
      timestamp: isoOf(at(payload, 'timestamp')) ?? new Date(now).toISOString(),
    });
    return { kind: 'event', deliveryId: null, context };
  },
};

/** How a build ended, in the words that GitHub has for it; undefined while it runs. */
function conclusionOf(action: string | undefined): string | undefined {
  switch (action) {
    case 'success':
    case 'succeeded':
    case 'completed':
    case 'deployed':
      return 'success';
    case 'failure':
    case 'failed':
    case 'error':
      return 'failure';
    default:
      return undefined;
  }
}
