import type { WebhookContext } from '../webhooks/provider.ts';

/** What the agent is asked to do: the event as JSON in the contract's block, and one sentence. */
export function webhookPrompt(context: WebhookContext): string {
  return [
    '<webhook-trigger>',
    JSON.stringify(context),
    '</webhook-trigger>',
    '',
    'You were started by the event above. Do what your instructions say about it.',
  ].join('\n');
}
