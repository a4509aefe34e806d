import { createHmac, randomUUID } from 'node:crypto';
import type { TestDrover } from '../drover.ts';
import { type Answer, type Headers, send } from './http.ts';

/** A delivery as GitHub makes it, but for what is said otherwise. */
export interface GitHubDelivery {
  /** Default: `issues`. */
  event?: string;
  /** Default: a new one. */
  id?: string;
  /** Sent as JSON. Default: {@link issueOpened}. */
  payload?: unknown;
  /** The body's own bytes, instead of `payload`. */
  body?: Uint8Array | string;
  /** What signs it. Default: the secret that both sides know. */
  secret?: Uint8Array;
  /** Added to GitHub's headers, or put in their place. */
  headers?: Headers;
  method?: string;
  path?: string;
}

export function deliver(drover: TestDrover, delivery: GitHubDelivery = {}): Promise<Answer> {
  const body = delivery.body ?? JSON.stringify(delivery.payload ?? issueOpened);
  return send(drover.base, {
    method: delivery.method ?? 'POST',
    path: delivery.path ?? '/webhooks/github',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/044aadd',
      'x-github-event': delivery.event ?? 'issues',
      'x-github-delivery': delivery.id ?? randomUUID(),
      'x-hub-signature-256': sign(delivery.secret ?? drover.signingSecret, body),
      ...delivery.headers,
    },
    body,
  });
}

/** GitHub's signature of a body. */
export function sign(secret: Uint8Array, body: Uint8Array | string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The part of GitHub's `issues` payload that a reader may look at (GitHub docs, "Webhook events and payloads"). */
export const issueOpened = {
  action: 'opened',
  issue: {
    number: 7,
    title: 'The door squeaks',
    body: 'Every morning.',
    html_url: 'https://github.com/acme/house/issues/7',
    user: { login: 'mara' },
    assignee: null,
    assignees: [],
    labels: [{ id: 1, name: 'bug', color: 'd73a4a' }],
    state: 'open',
    comments: 0,
  },
  repository: { id: 42, name: 'house', full_name: 'acme/house', owner: { login: 'acme' } },
  organization: { login: 'acme', id: 3 },
  sender: { login: 'mara', id: 9, type: 'User' },
};
