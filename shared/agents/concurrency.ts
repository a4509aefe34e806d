import { createHash } from 'node:crypto';
import type { Agent } from '../projects/project.ts';
import type { WebhookContext } from '../webhooks/provider.ts';

/** Longest key, in UTF-16 units: an agent's state lists one a run in flight and must stay a page (D11). */
const longestKey = 100;
const hashLength = 16;

/**
 * The concurrency key of a run of `agent` for this event: its template with every `{field}` filled in. Null, and so without
 * limit, when the agent has no template, or the event lacks a field that the template names.
 */
export function concurrencyKeyOf(
  { concurrency }: Pick<Agent, 'concurrency'>,
  context: WebhookContext | null,
): string | null {
  if (!concurrency) return null;
  let isComplete = true;
  const key = concurrency.key.replace(/\{([^{}]*)\}/g, (_, field: string) => {
    const value = fieldOf(context, field);
    if (value === '') isComplete = false;
    return value;
  });
  return isComplete && key !== '' ? bounded(key) : null;
}

/** A field of the event as text; empty when it has none. */
function fieldOf(context: WebhookContext | null, field: string): string {
  if (!context || !Object.hasOwn(context, field)) return '';
  const value = context[field as keyof WebhookContext];
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

/** A key that is too long ends in a hash of it, so that two of them stay two. */
function bounded(key: string): string {
  if (key.length <= longestKey) return key;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, hashLength);
  return `${key.slice(0, longestKey - hashLength - 1)}-${hash}`;
}
