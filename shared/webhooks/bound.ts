import { cut } from '../json.ts';
import type { WebhookContext } from './provider.ts';

/** Longest prose of a context, in UTF-16 units (Action Llama's limit). */
const longestProse = 4_000;
/** Longest name in a context, in UTF-16 units: no login, branch, repository or URL of GitHub's is longer. */
const longestName = 1_000;
/** Labels that are kept: what GitHub allows an issue, and the longest name of one with room to spare. */
const mostLabels = 100;
const longestLabel = 100;

const prose: ReadonlySet<string> = new Set(['title', 'body', 'comment']);

type Fields = { [field in keyof WebhookContext]: WebhookContext[field] | undefined };

/**
 * A context that fits the documents it stands in, whatever the payload held: texts cut, labels counted, and without the
 * fields that are undefined, which Firestore does not know.
 */
export function bound(fields: Fields): WebhookContext {
  const bounded = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => [field, boundValue(field, value)]);
  return Object.fromEntries(bounded) as WebhookContext;
}

function boundValue(field: string, value: Fields[keyof Fields]) {
  if (Array.isArray(value)) {
    return value.slice(0, mostLabels).map((label) => cut(label, longestLabel));
  }
  if (typeof value !== 'string') return value;
  return cut(value, prose.has(field) ? longestProse : longestName);
}
