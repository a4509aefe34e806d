import type { Difference } from '../kind.ts';

/** Longest value that a difference tells, in characters. */
const mostTold = 80;

/**
 * Where what is there is not like what was asked for: in a field that was set and has another value now, or in a list that has
 * other elements. Fields that Google added are no difference; a field that it leaves out has its type's zero, as JSON of its APIs
 * has it, and numbers may come back as texts.
 */
export function unlike(wanted: unknown, found: unknown, path = ''): Difference[] {
  if (Array.isArray(wanted)) {
    const there: unknown[] = Array.isArray(found) ? found : [];
    if (there.length !== wanted.length) {
      return [{ field: path, found: `${there.length} of them`, wanted: `${wanted.length}` }];
    }
    return wanted.flatMap((each, at) => unlike(each, there[at], `${path}.${at}`));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const there = typeof found === 'object' && found !== null ? found : {};
    return Object.entries(wanted).flatMap(([field, value]) =>
      unlike(
        value,
        (there as { [field: string]: unknown })[field],
        path === '' ? field : `${path}.${field}`,
      ),
    );
  }
  if (isSame(wanted, found)) return [];
  return [{ field: path, found: told(found), wanted: told(wanted) }];
}

function isSame(wanted: unknown, found: unknown): boolean {
  if (found === undefined) return wanted === '' || wanted === 0 || wanted === false;
  return typeof wanted === 'number' ? Number(found) === wanted : found === wanted;
}

function told(value: unknown): string {
  const text = value === undefined ? '' : String(value).replaceAll(/\s+/g, ' ');
  return text.length > mostTold ? `${text.slice(0, mostTold)}…` : text;
}
