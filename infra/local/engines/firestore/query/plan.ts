import { EngineError } from '../../engine.ts';
import { documentName, type FieldPath } from '../field-path.ts';
import { compareStrings } from '../order.ts';
import { checkCollectionId, checkParent } from '../paths.ts';
import type { Cursor, FieldFilter, Filter, Operator, Order, Query } from '../types.ts';
import { isArray, type Value } from '../values.ts';
import { disjuncts } from './disjuncts.ts';

/** A query that was found to be sound, with nothing left implicit. */
export interface Plan {
  query: Query;
  /** Each way in which a document can match: the filters that must all hold. */
  disjuncts: FieldFilter[][];
  /** The whole order, ending in the document's name. */
  orders: Order[];
  /** Fields that a document must have as well: those that are summed (aggregation queries page). */
  summed?: FieldPath[];
}

const inequalities: ReadonlySet<Operator> = new Set(['<', '<=', '>', '>=', '!=', 'not-in']);
const negations: ReadonlySet<Operator> = new Set(['!=', 'not-in']);
/** Most values of `not-in` (Firestore queries page). */
const maxNotIn = 10;
/** Most values of `in` and `array-contains-any` (Firestore queries page). */
const maxIn = 30;
/** Most fields with inequalities in one query (Firestore queries page). */
const maxInequalityFields = 10;

/**
 * Checks a query and spells out its order.
 * @throws EngineError `INVALID_ARGUMENT`, and `FAILED_PRECONDITION` for a descending scan of names
 */
export function plan(query: Query): Plan {
  checkParent(query.parent);
  if (query.collection !== undefined) checkCollectionId(query.collection);
  checkCount('limit', query.limit);
  checkCount('offset', query.offset);
  const filters = fieldFilters(query.where);
  for (const filter of filters) checkValue(filter);
  const all = disjuncts(query.where);
  checkCombination(filters, query.where, all);
  const orders = fullOrder(query.orderBy ?? [], filters);
  checkCursor(query.startAt, orders);
  checkCursor(query.endAt, orders);
  checkKeyScan(orders, all);
  return { query, disjuncts: all, orders };
}

/** Every comparison in a filter, wherever it stands. */
function fieldFilters(filter: Filter | undefined): FieldFilter[] {
  if (!filter) return [];
  return filter.kind === 'field' ? [filter] : filter.filters.flatMap(fieldFilters);
}

export function isInequality(filter: FieldFilter): boolean {
  return inequalities.has(filter.operator);
}

/** Fields with inequalities that have no order of their own follow by name, in the last direction (query.proto). */
function fullOrder(given: readonly Order[], filters: readonly FieldFilter[]): Order[] {
  const orders = [...given];
  const has = (text: string): boolean => orders.some((order) => order.field.text === text);
  for (const [i, { field }] of given.entries()) {
    if (given.findIndex((order) => order.field.text === field.text) !== i) {
      throw invalid(`order by clause cannot contain duplicate fields ${field.text}`);
    }
  }
  const direction = given.at(-1)?.direction ?? 'asc';
  const implicit = filters.filter(isInequality).map((filter) => filter.field);
  implicit.sort((a, b) => compareStrings(a.segments.join('.'), b.segments.join('.')));
  for (const field of implicit) {
    if (field.text !== documentName.text && !has(field.text)) orders.push({ field, direction });
  }
  if (!has(documentName.text)) orders.push({ field: documentName, direction });
  if (orders.at(-1)?.field.text !== documentName.text) {
    throw invalid('order by clause cannot contain more fields after the key');
  }
  return orders;
}

/** Names are only kept in ascending order; equality on a field brings an index that has them in both. */
function checkKeyScan(orders: readonly Order[], all: readonly FieldFilter[][]): void {
  const [first, ...others] = orders;
  const descending = others.length === 0 && first?.direction === 'desc';
  const byName = (filters: readonly FieldFilter[]): boolean =>
    filters.every(({ field }) => field.text === documentName.text);
  if (descending && all.some(byName)) {
    throw new EngineError('FAILED_PRECONDITION', 'Firestore does not support descending key scans');
  }
}

function checkValue({ field, operator, value }: FieldFilter): void {
  const isList = operator === 'in' || operator === 'not-in' || operator === 'array-contains-any';
  if (isList) {
    if (!isArray(value) || value.length === 0) {
      throw invalid(`'${listName[operator]}' requires an non-empty ArrayValue.`);
    }
    const most = operator === 'not-in' ? maxNotIn : maxIn;
    if (value.length > most) {
      throw invalid(`'${listName[operator]}' supports up to ${most} comparison values.`);
    }
  }
  if (field.text !== documentName.text) return;
  if (operator === 'array-contains' || operator === 'array-contains-any') {
    throw invalid(`__name__ cannot be used with ${operator}.`);
  }
  for (const name of isList && isArray(value) ? value : [value]) checkName(name);
}

const listName = { in: 'IN', 'not-in': 'NOT_IN', 'array-contains-any': 'ARRAY_CONTAINS_ANY' };

function checkName(value: Value): void {
  const isName = typeof value === 'object' && value !== null && 'kind' in value;
  if (!isName || value.kind !== 'reference') {
    throw invalid('__key__ filter value must be a Key');
  }
}

/** What may not stand in one query (query.proto, the requirements of each operator). */
function checkCombination(
  filters: readonly FieldFilter[],
  where: Filter | undefined,
  all: readonly FieldFilter[][],
): void {
  const count = (test: (operator: Operator) => boolean): number =>
    filters.filter((filter) => test(filter.operator)).length;
  const notIns = count((operator) => operator === 'not-in');
  const negated = count((operator) => negations.has(operator));
  if (negated > 1) {
    throw invalid(
      "Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.",
    );
  }
  const anys = count((operator) => operator === 'in' || operator === 'array-contains-any');
  if (notIns > 0 && (anys > 0 || hasOr(where))) {
    throw invalid(
      "'NOT_IN' cannot be used in the same query with 'IN', 'ARRAY_CONTAINS_ANY' or 'OR'.",
    );
  }
  const fields = new Set(filters.filter(isInequality).map((filter) => filter.field.text));
  if (fields.size > maxInequalityFields) {
    throw invalid(`Cannot have inequality filters on more than ${maxInequalityFields} fields.`);
  }
  for (const disjunct of all) {
    if (disjunct.filter((filter) => filter.operator === 'array-contains').length > 1) {
      throw invalid("A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.");
    }
  }
}

function hasOr(filter: Filter | undefined): boolean {
  if (!filter || filter.kind === 'field') return false;
  return (filter.kind === 'or' && filter.filters.length > 1) || filter.filters.some(hasOr);
}

function checkCursor(cursor: Cursor | undefined, orders: readonly Order[]): void {
  if (!cursor) return;
  if (cursor.values.length > orders.length) {
    throw invalid('Cursor has too many values.');
  }
  const nameAt = orders.length - 1;
  const name = cursor.values[nameAt];
  if (name !== undefined) checkName(name);
}

function checkCount(name: string, count: number | undefined): void {
  if (count !== undefined && count < 0) throw invalid(`${name} is negative`);
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', message);
}
