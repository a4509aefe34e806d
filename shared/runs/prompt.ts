import { cut } from '../json.ts';
import type { WebhookContext } from '../webhooks/provider.ts';

/**
 * What the agent is asked to do: the event as JSON in the contract's block, and one sentence, in at most `longest` bytes.
 * Texts of the event are cut shorter where it would be more: an odd comment must not keep the agent from starting.
 */
export function webhookPrompt(context: WebhookContext, longest: number): string {
  for (let length = longest; ; length = Math.floor(length / 2)) {
    const prompt = written(context, length);
    if (Buffer.byteLength(prompt) <= longest || length === 0) return prompt;
  }
}

function written(context: WebhookContext, length: number): string {
  const json = JSON.stringify(context, (_field, value: unknown) =>
    typeof value === 'string' ? cut(value, length) : value,
  );
  return [
    '<webhook-trigger>',
    // Nobody's title may close the block and go on in our name; to JSON the two are the same.
    json.replaceAll('</', '<\\/'),
    '</webhook-trigger>',
    '',
    'You were started by the event above. Do what your instructions say about it.',
  ].join('\n');
}
