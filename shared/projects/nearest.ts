import { closestMatch } from 'leven';
import { printable } from './problem.ts';

/** Longer texts are no slips of the pen, and measuring them costs. */
const longest = 64;
/** Names that are listed, at most. */
const mostNames = 50;

/** The one of `names` that `found` was most probably meant to be: a third of its letters may be wrong. */
export function nearest(found: string, names: readonly string[]): string | undefined {
  if (found.length > longest) return undefined;
  const sameLetters = names.find((name) => name.toLowerCase() === found.toLowerCase());
  if (sameLetters !== undefined) return sameLetters;
  const maxDistance = Math.floor(found.length / 3);
  return maxDistance === 0 ? undefined : closestMatch(found, names, { maxDistance });
}

/** `; did you mean x?`, or else `; <otherwise> a, b, c`. */
export function hint(found: string, names: readonly string[], otherwise: string): string {
  const name = nearest(found, names);
  if (name !== undefined) return `; did you mean ${printable(name)}?`;
  const shown = names.slice(0, mostNames).map(printable);
  if (names.length > mostNames) shown.push('…');
  return `; ${otherwise} ${shown.length > 0 ? shown.join(', ') : 'none'}`;
}
