import { documentName } from '../field-path.ts';
import { compare, compareStrings } from '../order.ts';
import type { Plan } from '../query/plan.ts';
import type { Cursor, FieldFilter } from '../types.ts';
import type { Value } from '../values.ts';
import type { Use } from './shape.ts';
import type { Entry, SortedIndex } from './sorted-index.ts';
import type { Place } from './sorted-list.ts';

/** Where an entry stands to an end of a range, in the index's order: 0 at it. */
type Stand = (entry: Entry) => number;

/**
 * The part of an index in which all matches of a disjunct lie. It may hold other documents as well: what narrows it is
 * equality, the inequalities of the first field that varies, and the cursors.
 */
export function rangeOf(
  index: SortedIndex,
  use: Use,
  filters: readonly FieldFilter[],
  plan: Plan,
  nameOfCollection: string,
): { from: Place; to: Place } {
  const atFixed: Stand = (entry) => index.compareKeys(entry, use.fixed);
  let from = index.entries.before((entry) => atFixed(entry) >= 0);
  let to = index.entries.before((entry) => atFixed(entry) > 0);
  const notBefore = (stand: Stand, inclusive: boolean): void => {
    const place = index.entries.before((entry) =>
      inclusive ? stand(entry) >= 0 : stand(entry) > 0,
    );
    if (isAfter(place, from)) from = place;
  };
  const notAfter = (stand: Stand, inclusive: boolean): void => {
    const place = index.entries.before((entry) =>
      inclusive ? stand(entry) > 0 : stand(entry) >= 0,
    );
    if (isAfter(to, place)) to = place;
  };

  const [first] = use.varying;
  const ascends = use.shape.fields[use.fixed.length - (use.shape.items ? 1 : 0)]?.sign === 1;
  for (const { field, operator, value } of filters) {
    if (field.text !== first?.text) continue;
    const stand: Stand = (entry) => index.compareKeys(entry, [...use.fixed, value]);
    const inclusive = operator.endsWith('=');
    if (operator.startsWith('>')) (ascends ? notBefore : notAfter)(stand, inclusive);
    if (operator.startsWith('<')) (ascends ? notAfter : notBefore)(stand, inclusive);
  }
  const { startAt, endAt } = plan.query;
  const start = startAt && standOf(index, use, plan, startAt, nameOfCollection);
  if (startAt && start) {
    (use.backwards ? notAfter : notBefore)(start.stand, startAt.before || start.isPart);
  }
  const end = endAt && standOf(index, use, plan, endAt, nameOfCollection);
  if (endAt && end) {
    (use.backwards ? notBefore : notAfter)(end.stand, !endAt.before || end.isPart);
  }
  return isAfter(from, to) ? { from, to: from } : { from, to };
}

function isAfter(a: Place, b: Place): boolean {
  return a.block > b.block || (a.block === b.block && a.at > b.at);
}

/** A cursor in an index's order. With `isPart` some of its values were left out, so that it may stand before its place. */
function standOf(
  index: SortedIndex,
  use: Use,
  { orders }: Plan,
  cursor: Cursor,
  nameOfCollection: string,
): { stand: Stand; isPart: boolean } | undefined {
  const values: Value[] = [...use.fixed];
  const fixedOf = new Map(
    use.shape.fields.map(({ field }, i) => [field.text, use.fixed[i + (use.shape.items ? 1 : 0)]]),
  );
  for (const [i, value] of cursor.values.entries()) {
    const field = orders[i]?.field;
    if (!field) break;
    if (field.text === documentName.text) {
      const id = idIn(nameOfCollection, value);
      const { nameSign } = use.shape;
      if (id === undefined) return { stand: standAt(index, values), isPart: true };
      const stand: Stand = (entry) =>
        index.compareKeys(entry, values) || compareStrings(entry.id, id) * nameSign;
      return { stand, isPart: false };
    }
    const fixed = fixedOf.get(field.text);
    if (fixed === undefined) values.push(value);
    // All entries stand on one side of it: nothing to narrow.
    else if (compare(fixed, value) !== 0) return undefined;
  }
  return { stand: standAt(index, values), isPart: false };
}

function standAt(index: SortedIndex, values: readonly Value[]): Stand {
  return (entry) => index.compareKeys(entry, values);
}

/** The id of the document that a reference names, when that is one of the collection. */
function idIn(nameOfCollection: string, value: Value): string | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind !== 'reference' || !value.name.startsWith(`${nameOfCollection}/`))
    return undefined;
  const id = value.name.slice(nameOfCollection.length + 1);
  return id.includes('/') ? undefined : id;
}
