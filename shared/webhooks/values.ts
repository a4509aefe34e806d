import { at, text } from '../json.ts';
import type { WebhookContext, WebhookFilter } from './provider.ts';

/** A list of the value, or of nothing. */
export function one(value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [value];
}

/** Fields of a context that hold one text. */
type TextField = Exclude<keyof WebhookContext, 'number' | 'labels'>;

/** A filter on one field of the context; an event without it fails. */
export function on(field: TextField, about: string): WebhookFilter {
  return { about, values: (context) => one(context[field]) };
}

/** A filter on one field of the context; an event without it passes. */
export function onAny(field: TextField, about: string): WebhookFilter {
  return { ...on(field, about), passesWithout: true };
}

/** A filter on the labels; an event without any fails. */
export function onLabels(about: string): WebhookFilter {
  return { about, values: ({ labels }) => labels ?? [] };
}

/** The safe integer at `path`, or undefined. */
export function integer(
  payload: unknown,
  ...path: readonly (string | number)[]
): number | undefined {
  const value = at(payload, ...path);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** The id at `path`, a text or a whole number, as text. */
export function idOf(payload: unknown, ...path: readonly (string | number)[]): string | undefined {
  return text(payload, ...path) ?? integer(payload, ...path)?.toString();
}
