import { lastOf } from '../../last-of.ts';
import type { Command, Difference, FoundResource } from '../kind.ts';
import { deploymentLabels } from '../labels.ts';

/** `gcloud` with these arguments; `files` by flag. */
export function gcloud(
  args: readonly string[],
  files?: { readonly [flag: string]: string },
): Command {
  return { tool: 'gcloud', args, ...(files && { files }) };
}

/** What an answer lists: an array, or what stands in one of its fields. Nothing when there was no answer. */
export function rowsOf(answer: unknown, field?: string): FoundResource[] {
  const rows = field === undefined ? answer : valueAt(answer, field);
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** The value at a path of fields, or undefined where there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const field of path) {
    if (!isObject(at)) return undefined;
    at = at[field];
  }
  return at;
}

/** The text at a path; numbers and truth values as text; `''` where there is nothing. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? `${found}`
    : '';
}

/** The resources of a listing that are `isOurs`, by the last part of their names. */
export function byLastName(
  rows: readonly FoundResource[],
  isOurs: (id: string, row: FoundResource) => boolean,
): Map<string, FoundResource> {
  return new Map(
    rows
      .map((row) => [lastOf(textAt(row, 'name')), row] as const)
      .filter(([id, row]) => isOurs(id, row)),
  );
}

/** Whether a resource carries our label. */
export function isLabelled(row: FoundResource): boolean {
  return textAt(row, 'labels', 'drover') === deploymentLabels.drover;
}

/** Whether one of these is wanted, by its id. */
export function isWanted(wanted: readonly { id: string }[]): (id: string) => boolean {
  const ids = new Set(wanted.map(({ id }) => id));
  return (id) => ids.has(id);
}

/** The fields whose two values, as found and as wanted, are not the same text. */
export function differences(fields: {
  readonly [field: string]: readonly [found: string | number, wanted: string | number];
}): Difference[] {
  return Object.entries(fields)
    .map(([field, [found, wanted]]) => ({ field, found: `${found}`, wanted: `${wanted}` }))
    .filter(({ found, wanted }) => found !== wanted);
}

/** Seconds of a duration as Google's APIs write it (`60s`, `3.500s`); `otherwise` where there is none. */
export function secondsAt(otherwise: number, value: unknown, ...path: readonly string[]): number {
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(textAt(value, ...path)) ?? [];
  return seconds === undefined ? otherwise : Number(seconds);
}

function isObject(value: unknown): value is FoundResource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
