import { EngineError } from '../../engine.ts';
import { documentName, type FieldPath } from '../field-path.ts';
import type { CompositeIndex, FieldOverride, IndexField, IndexFile, Scope } from '../index-file.ts';
import type { FieldFilter } from '../types.ts';
import { isInequality, type Plan } from './plan.ts';

/** How a single-field index holds its field. */
type Mode = 'ASCENDING' | 'DESCENDING' | 'CONTAINS';

/** Part of an index that must match exactly: the fields by which the answer is ordered. */
interface Ordered {
  fieldPath: string;
  order: 'ASCENDING' | 'DESCENDING';
}

/** What a query, or one disjunct of it, asks of the indexes. */
interface Need {
  collection: string;
  scope: Scope;
  /** Fields that equality fixes, in any order and direction. */
  equal: Map<string, 'EQUAL' | 'CONTAINS'>;
  ordered: Ordered[];
}

/**
 * Refuses a query that Firestore has no index for (index overview page): single-field indexes are automatic in the
 * collection's scope, equality filters are served by merging indexes that share the same order.
 * @throws EngineError `FAILED_PRECONDITION`, which spells out the index
 */
export function requireIndexes(
  file: IndexFile,
  { query, disjuncts, orders }: Plan,
  aggregated: readonly FieldPath[] = [],
): void {
  const { collection } = query;
  // Queries over every collection are what tools use to delete; they run on names alone.
  if (collection === undefined) return;
  const known = servedBy(file);
  for (const filters of disjuncts) {
    const need = needOf(collection, query.allDescendants, filters, orders, aggregated);
    const text = spelled(need);
    if (known.has(text)) continue;
    if (!served(file, need)) throw missing(need);
    if (known.size < mostKnown) known.add(text);
  }
}

/** Programs ask the same again and again: what is known to be served is not worked out anew. */
const known = new WeakMap<IndexFile, Set<string>>();
const mostKnown = 1_000;

function servedBy(file: IndexFile): Set<string> {
  const texts = known.get(file) ?? new Set<string>();
  known.set(file, texts);
  return texts;
}

function spelled({ collection, scope, equal, ordered }: Need): string {
  let text = `${scope}/${collection}`;
  for (const [field, kind] of equal) text += `|${kind}:${field}`;
  for (const { fieldPath, order } of ordered) text += `|${order}:${fieldPath}`;
  return text;
}

function needOf(
  collection: string,
  allDescendants: boolean,
  filters: readonly FieldFilter[],
  orders: Plan['orders'],
  aggregated: readonly FieldPath[],
): Need {
  const equal: Need['equal'] = new Map();
  for (const filter of filters) {
    if (isInequality(filter) || filter.field.text === documentName.text) continue;
    equal.set(filter.field.text, filter.operator === 'array-contains' ? 'CONTAINS' : 'EQUAL');
  }
  const ordered: Ordered[] = [];
  for (const { field, direction } of orders) {
    if (equal.get(field.text) === 'EQUAL') continue;
    ordered.push({
      fieldPath: field.text,
      order: direction === 'asc' ? 'ASCENDING' : 'DESCENDING',
    });
  }
  const known = (text: string): boolean =>
    equal.has(text) || ordered.some((order) => order.fieldPath === text);
  const extra = aggregated
    .filter((field) => !known(field.text))
    .map((field): Ordered => ({ fieldPath: field.text, order: 'ASCENDING' }));
  ordered.splice(-1, 0, ...extra);
  return { collection, scope: allDescendants ? 'COLLECTION_GROUP' : 'COLLECTION', equal, ordered };
}

function served(file: IndexFile, need: Need): boolean {
  const open = new Set(need.equal.keys());
  const [first, second, third] = need.ordered;
  const byName = first?.fieldPath === documentName.text;
  if (open.size === 0 && byName) return true;
  // A single-field index ends in the name, in the field's own direction.
  const single = open.size === 0 && third === undefined && first?.order === second?.order;
  if (single && first && automatic(file, need, first.fieldPath, first.order)) return true;
  if (byName) {
    for (const [field, kind] of need.equal) {
      const modes: Mode[] = kind === 'CONTAINS' ? ['CONTAINS'] : ['ASCENDING', 'DESCENDING'];
      if (modes.some((mode) => automatic(file, need, field, mode))) open.delete(field);
    }
  }
  for (const index of file.indexes ?? []) {
    for (const field of prefix(index, need) ?? []) open.delete(field);
    if (open.size === 0 && prefix(index, need)) return true;
  }
  return need.equal.size > 0 && open.size === 0;
}

/** The equality fields that a composite index fixes, when its order is the one that is needed. */
function prefix(index: CompositeIndex, need: Need): string[] | undefined {
  if (index.collectionGroup !== need.collection || index.queryScope !== need.scope)
    return undefined;
  const fields = withName(index.fields);
  const head = fields.slice(0, -need.ordered.length);
  const tail = fields.slice(head.length);
  const sameOrder =
    tail.length === need.ordered.length &&
    tail.every((field, i) => {
      const wanted = need.ordered[i];
      // With equality alone, an index serves in either direction (index overview page).
      const sameDirection = need.ordered.length === 1 || field.order === wanted?.order;
      return field.fieldPath === wanted?.fieldPath && sameDirection;
    });
  const fixed = head.every(({ fieldPath, arrayConfig }) => {
    const kind = need.equal.get(fieldPath);
    return kind !== undefined && (kind === 'CONTAINS') === (arrayConfig === 'CONTAINS');
  });
  return sameOrder && fixed ? head.map((field) => field.fieldPath) : undefined;
}

/** Every composite index ends in the name, in the direction of its last field (index.proto). */
function withName(fields: readonly IndexField[]): IndexField[] {
  const last = fields.at(-1);
  if (last?.fieldPath === documentName.text) return [...fields];
  return [...fields, { fieldPath: documentName.text, order: last?.order ?? 'ASCENDING' }];
}

/** Whether a single-field index is there: by default in the collection's scope only. */
function automatic(file: IndexFile, need: Need, field: string, mode: Mode): boolean {
  const override = overrideOf(file.fieldOverrides ?? [], need.collection, field);
  if (!override) return need.scope === 'COLLECTION';
  return override.indexes.some(
    ({ order, arrayConfig, queryScope = 'COLLECTION' }) =>
      queryScope === need.scope && (arrayConfig ?? order) === mode,
  );
}

/** The field's own override, else that of the nearest map around it, else that of every field. */
function overrideOf(
  overrides: readonly FieldOverride[],
  collection: string,
  field: string,
): FieldOverride | undefined {
  const own = overrides.filter((override) => override.collectionGroup === collection);
  const segments = field.split('.');
  for (let length = segments.length; length > 0; length--) {
    const path = segments.slice(0, length).join('.');
    const found = own.find((override) => override.fieldPath === path);
    if (found) return found;
  }
  return own.find((override) => override.fieldPath === '*');
}

function missing({ collection, scope, equal, ordered }: Need): EngineError {
  const fields: IndexField[] = [
    ...[...equal].map(
      ([fieldPath, kind]): IndexField =>
        kind === 'CONTAINS'
          ? { fieldPath, arrayConfig: 'CONTAINS' }
          : { fieldPath, order: 'ASCENDING' },
    ),
    ...shown(ordered),
  ];
  const [only] = fields;
  if (fields.length === 1 && only) {
    const mode = only.arrayConfig ?? only.order ?? '';
    return new EngineError(
      'FAILED_PRECONDITION',
      `The query requires a ${scope}_${shortMode[mode]} index for collection ${collection} and field ${only.fieldPath}. Add it to fieldOverrides of firestore.indexes.json.`,
    );
  }
  const index: CompositeIndex = { collectionGroup: collection, queryScope: scope, fields };
  return new EngineError(
    'FAILED_PRECONDITION',
    `The query requires an index. Add it to indexes of firestore.indexes.json: ${JSON.stringify(index)}`,
  );
}

/** Without the name where an index ends in it anyway. */
function shown(ordered: readonly Ordered[]): readonly Ordered[] {
  const [before, name] = ordered.slice(-2);
  return name === undefined || before?.order === name.order ? ordered.slice(0, -1) : ordered;
}

const shortMode: { [mode: string]: string } = {
  ASCENDING: 'ASC',
  DESCENDING: 'DESC',
  CONTAINS: 'CONTAINS',
};
