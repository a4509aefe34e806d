import type { NameOf } from '../commit.ts';
import { documentName, type FieldPath, valueAt } from '../field-path.ts';
import { compare, equal } from '../order.ts';
import type { Document, FieldFilter, Filter } from '../types.ts';
import { isArray, rank, reference, type Value } from '../values.ts';

export type Test = (document: Document) => boolean;

/** The value that filters and orders see: the document's name is a reference. */
export function fieldValue(
  document: Document,
  field: FieldPath,
  nameOf: NameOf,
): Value | undefined {
  return field.text === documentName.text
    ? reference(nameOf(document.path))
    : valueAt(document.fields, field);
}

/** What `filter` says of a document. */
export function test(filter: Filter, nameOf: NameOf): Test {
  if (filter.kind === 'field') return fieldTest(filter, nameOf);
  const tests = filter.filters.map((inner) => test(inner, nameOf));
  return filter.kind === 'and'
    ? (document) => tests.every((holds) => holds(document))
    : (document) => tests.some((holds) => holds(document));
}

function fieldTest(filter: FieldFilter, nameOf: NameOf): Test {
  const holds = valueTest(filter);
  return (document) => {
    const value = fieldValue(document, filter.field, nameOf);
    return value !== undefined && holds(value);
  };
}

/** A comparison never reaches from one type into another; null and NaN are found by `==` alone, never in a list. */
function valueTest({ operator, value }: FieldFilter): (actual: Value) => boolean {
  const items = isArray(value) ? value : [];
  const among = (actual: Value): boolean => items.some((item) => equal(actual, item));
  const isAny = (actual: Value): boolean => actual !== null && !isNaNValue(actual) && among(actual);
  const comparable = (actual: Value): boolean =>
    rank(actual) === rank(value) && !isNaNValue(actual);
  switch (operator) {
    case '==':
      return (actual) => equal(actual, value);
    case '!=':
      return (actual) => actual !== null && !equal(actual, value);
    case '<':
      return (actual) => comparable(actual) && compare(actual, value) < 0;
    case '<=':
      return (actual) => comparable(actual) && compare(actual, value) <= 0;
    case '>':
      return (actual) => comparable(actual) && compare(actual, value) > 0;
    case '>=':
      return (actual) => comparable(actual) && compare(actual, value) >= 0;
    case 'in':
      return isAny;
    case 'not-in':
      return (actual) => actual !== null && !items.includes(null) && !among(actual);
    case 'array-contains':
      return (actual) => isArray(actual) && actual.some((item) => equal(item, value));
    case 'array-contains-any':
      return (actual) => isArray(actual) && actual.some(isAny);
  }
}

function isNaNValue(value: Value): boolean {
  return typeof value === 'number' && Number.isNaN(value);
}
