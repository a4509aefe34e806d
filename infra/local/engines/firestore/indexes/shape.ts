import { documentName, type FieldPath } from '../field-path.ts';
import { isInequality } from '../query/plan.ts';
import type { FieldFilter, Order } from '../types.ts';
import type { Value } from '../values.ts';

/** By what an index orders the documents of a collection; the document's name comes last. */
export interface Shape {
  /** Tells shapes apart. */
  text: string;
  /** Each item of this field has its own entry, before everything else. */
  items: FieldPath | undefined;
  /** Fields that queries fix by equality, then those that they order by. */
  fields: readonly { field: FieldPath; sign: 1 | -1 }[];
  /** Direction of the name. */
  nameSign: 1 | -1;
}

/** An index that serves one disjunct of a query, and how. */
export interface Use {
  shape: Shape;
  /** The values that every entry begins with. */
  fixed: Value[];
  /** Fields of the query's order that vary among those entries, in that order; the name is not among them. */
  varying: FieldPath[];
  /** Whether the query's order is the index's from its end. */
  backwards: boolean;
}

/**
 * The index that answers one disjunct in the order of the query: equality first, then the order. An order and its reverse
 * share one. Inequalities are on fields of the order, so they cut a range out of it.
 */
export function useOf(filters: readonly FieldFilter[], orders: readonly Order[]): Use {
  const equal = new Map<string, FieldFilter>();
  let items: FieldFilter | undefined;
  for (const filter of filters) {
    if (isInequality(filter) || filter.field.text === documentName.text) continue;
    if (filter.operator === 'array-contains') items ??= filter;
    else if (!equal.has(filter.field.text)) equal.set(filter.field.text, filter);
  }
  const fixed = [...equal.values()].sort((a, b) => (a.field.text < b.field.text ? -1 : 1));
  const open = orders.filter(({ field }) => !equal.has(field.text));
  const backwards = open[0]?.direction === 'desc';
  const signOf = ({ direction }: Order): 1 | -1 => ((direction === 'desc') === backwards ? 1 : -1);
  const varying = open.filter(({ field }) => field.text !== documentName.text);
  const name = open.find(({ field }) => field.text === documentName.text);
  const fields = [
    ...fixed.map(({ field }) => ({ field, sign: 1 as const })),
    ...varying.map((order) => ({ field: order.field, sign: signOf(order) })),
  ];
  const nameSign = name ? signOf(name) : 1;
  const spelled = fields.map(({ field, sign }) => `${sign === 1 ? '+' : '-'}${field.text}`);
  return {
    shape: {
      text: `${items ? `[${items.field.text}]` : ''}${spelled.join('')}${nameSign === 1 ? '+' : '-'}`,
      items: items?.field,
      fields,
      nameSign,
    },
    fixed: [...(items ? [items.value] : []), ...fixed.map(({ value }) => value)],
    varying: varying.map(({ field }) => field),
    backwards,
  };
}
