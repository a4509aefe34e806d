import { canonical, isRecord } from './canonical.ts';

/** One thing that is otherwise. */
export interface Change {
  /** The field, and where in it: `budget.runsPerDay`. */
  field: string;
  /** How it was, in a few words; null: it was not there. */
  before: string | null;
  /** How it is; null: it is gone. */
  after: string | null;
}

/**
 * A way to tell what is otherwise in a field:
 *
 * - `values`: what is in it, down to each single value.
 * - `items`: a list whose items are there or not; what is no list is one item.
 * - `names`: its fields are named, and what they hold is not shown, for it may be nobody's business, or long.
 * - `lines`: a text, of which it is told how many lines are new and gone.
 */
export type Way = 'values' | 'items' | 'names' | 'lines';

/** What is otherwise in a field that is not the same. */
export const tell: {
  readonly [way in Way]: (field: string, was: unknown, is: unknown) => Change[];
} = { values: valuesOf, items: itemsOf, names: namesOf, lines: linesOf };

function itemsOf(field: string, was: unknown, is: unknown): Change[] {
  const [old, now] = [itemTexts(was), itemTexts(is)];
  const gone = without(old, now).map((before) => ({ field, before, after: null }));
  const added = without(now, old).map((after) => ({ field, before: null, after }));
  if (gone.length + added.length > 0) return [...gone, ...added];
  // The same items in another order: the first may have a meaning of its own.
  return [{ field, before: inWords(old.join('; ')), after: inWords(now.join('; ')) }];
}

function namesOf(field: string, was: unknown, is: unknown): Change[] {
  const [old, now] = [recordOf(was), recordOf(is)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name): Change[] => {
    const [before, after] = [old[name], now[name]];
    if (canonical(before ?? null) === canonical(after ?? null)) return [];
    const here = `${field}.${name}`;
    if (before === undefined) return [{ field: here, before: null, after: 'set' }];
    return [{ field: here, before: 'set', after: after === undefined ? null : 'changed' }];
  });
}

function linesOf(field: string, was: unknown, is: unknown): Change[] {
  const [old, now] = [linesIn(was), linesIn(is)];
  const [gone, added] = [without(old, now).length, without(now, old).length];
  if (was === undefined) return [{ field, before: null, after: counted(now.length) }];
  const how = gone + added === 0 ? 'in another order' : `${added} new, ${gone} gone`;
  return [{ field, before: counted(old.length), after: `${counted(now.length)} (${how})` }];
}

function valuesOf(field: string, was: unknown, is: unknown): Change[] {
  if (canonical(was ?? null) === canonical(is ?? null)) return [];
  if (!isRecord(was) && !isRecord(is)) {
    return [{ field, before: inWords(was), after: inWords(is) }];
  }
  const [old, now] = [recordOf(was), recordOf(is)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const inner = names.flatMap((name) => valuesOf(`${field}.${name}`, old[name], now[name]));
  // An empty table that comes or goes: `{}` beside nothing.
  return inner.length > 0 ? inner : [{ field, before: inWords(was), after: inWords(is) }];
}

/** Longest value that is shown whole, in characters: the name of an image with its digest is. */
const longestValue = 240;

function inWords(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : canonical(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

/** Items of a list, each as a text: `source=github events=issues`. */
function itemTexts(value: unknown): string[] {
  const items = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  return items.map((item) => (isRecord(item) ? leavesOf(item).join(' ') : String(item)));
}

function leavesOf(record: { readonly [field: string]: unknown }): string[] {
  return Object.entries(record)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, inner]) => {
      if (inner === null || inner === undefined) return [];
      if (isRecord(inner)) return leavesOf(inner);
      return `${name}=${Array.isArray(inner) ? inner.map(String).join(',') : String(inner)}`;
    });
}

function linesIn(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? value.split('\n') : [];
}

/** What is in one list and not in the other, as often as it is there more often. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of other) left.set(each, (left.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const count = left.get(each) ?? 0;
    left.set(each, count - 1);
    return count <= 0;
  });
}

function counted(lines: number): string {
  return `${lines} ${lines === 1 ? 'line' : 'lines'}`;
}

function recordOf(value: unknown): { readonly [field: string]: unknown } {
  return isRecord(value) ? value : {};
}
