import type { WebhookContext } from '../webhooks/provider.ts';
import { hint } from './nearest.ts';
import { quoted } from './quoted.ts';

/** What a template may name: each field of an event that says what the event is about. */
const fields: { [field in keyof WebhookContext]-?: true } = {
  source: true,
  event: true,
  action: true,
  repo: true,
  number: true,
  title: true,
  body: true,
  url: true,
  author: true,
  assignee: true,
  labels: true,
  branch: true,
  conclusion: true,
  comment: true,
  sender: true,
  timestamp: true,
  receiptId: true,
};

/** Fields of an event that a concurrency key may name. */
export const keyFields = Object.keys(fields);

/** What is wrong with a template such as `{repo}#{number}`; undefined when nothing is. */
export function keyProblem(template: string): string | undefined {
  if (template === '') return 'is empty; leave it out';
  if (template.length > 200) return `found ${template.length} characters; at most 200`;
  if (/[{}]/.test(template.replace(/\{[^{}]*\}/g, ''))) {
    return `${quoted(template)} has a brace without its partner`;
  }
  const placeholders = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, field = '']) => field);
  const unknown = placeholders.find((field) => !keyFields.includes(field));
  if (unknown === undefined) return undefined;
  return `{${unknown.slice(0, 60)}} is no field of an event${hint(unknown, keyFields, 'there are')}`;
}
