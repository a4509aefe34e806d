import { fieldPath } from '../../engines/firestore/field-path.ts';
import type {
  Aggregation,
  Cursor,
  Filter,
  Operator,
  Order,
  Query,
  Value,
} from '../../engines/firestore/index.ts';
import type { Message } from '../server.ts';
import { invalid, list, message, optional, text } from './message.ts';
import type { Names } from './names.ts';
import { fromValue } from './values.ts';

const operators: { [name: string]: Operator } = {
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  EQUAL: '==',
  NOT_EQUAL: '!=',
  ARRAY_CONTAINS: 'array-contains',
  IN: 'in',
  ARRAY_CONTAINS_ANY: 'array-contains-any',
  NOT_IN: 'not-in',
};

const unary: { [name: string]: { operator: Operator; value: Value } } = {
  IS_NULL: { operator: '==', value: null },
  IS_NAN: { operator: '==', value: Number.NaN },
  IS_NOT_NULL: { operator: '!=', value: null },
  IS_NOT_NAN: { operator: '!=', value: Number.NaN },
};

/** google.firestore.v1.StructuredQuery below `parent` to the engine's query. */
export function fromQuery(parent: unknown, value: unknown, names: Names): Query {
  const structured = message(value);
  const from = list(structured.from).map(message);
  const [selector] = from;
  if (from.length > 1) throw invalid('Only one collection selector is allowed.');
  if (structured.findNearest) throw invalid('Vector searches are not served here.');
  const collection = text(selector?.collectionId);
  const where = optional(structured.where);
  const startAt = fromCursor(structured.startAt);
  const endAt = fromCursor(structured.endAt);
  const limit = optional(structured.limit);
  const select = optional(structured.select);
  return {
    parent: names.parent(parent),
    ...(collection !== '' && { collection }),
    allDescendants: selector?.allDescendants === true,
    ...(where && { where: fromFilter(where) }),
    orderBy: list(structured.orderBy).map(fromOrder),
    ...(startAt && { startAt }),
    ...(endAt && { endAt }),
    ...(Number(structured.offset) !== 0 && { offset: Number(structured.offset) }),
    ...(limit && { limit: Number(limit.value) }),
    ...(select && { select: list(select.fields).map(fromField) }),
  };
}

function fromFilter(filter: Message): Filter {
  switch (filter.filterType) {
    case 'compositeFilter': {
      const { op, filters } = message(filter.compositeFilter);
      if (op !== 'AND' && op !== 'OR') throw invalid('A composite filter must have an operator.');
      if (list(filters).length === 0) throw invalid('A composite filter must have filters.');
      const inner = list(filters).map((one) => fromFilter(message(one)));
      return { kind: op === 'AND' ? 'and' : 'or', filters: inner };
    }
    case 'fieldFilter': {
      const { field, op, value } = message(filter.fieldFilter);
      const operator = operators[text(op)];
      if (!operator) throw invalid('A field filter must have an operator.');
      return { kind: 'field', field: fromField(field), operator, value: fromValue(value) };
    }
    case 'unaryFilter': {
      const { field, op } = message(filter.unaryFilter);
      const comparison = unary[text(op)];
      if (!comparison) throw invalid('A unary filter must have an operator.');
      return { kind: 'field', field: fromField(field), ...comparison };
    }
    default:
      throw invalid('A filter must have a type.');
  }
}

function fromField(value: unknown) {
  return fieldPath(text(message(value).fieldPath));
}

function fromOrder(value: unknown): Order {
  const { field, direction } = message(value);
  return { field: fromField(field), direction: direction === 'DESCENDING' ? 'desc' : 'asc' };
}

function fromCursor(value: unknown): Cursor | undefined {
  const cursor = optional(value);
  return cursor && { values: list(cursor.values).map(fromValue), before: cursor.before === true };
}

/** The aggregations of a google.firestore.v1.StructuredAggregationQuery. */
export function fromAggregations(value: unknown): Aggregation[] {
  let unnamed = 0;
  return list(value).map((one) => {
    const aggregation = message(one);
    const { operator } = aggregation;
    if (operator !== 'count' && operator !== 'sum' && operator !== 'avg') {
      throw invalid('An aggregation must have an operator.');
    }
    const { field, upTo } = message(aggregation[operator]);
    if (aggregation.alias === '') unnamed += 1;
    return {
      alias: text(aggregation.alias) || `field_${unnamed}`,
      kind: operator,
      ...(operator !== 'count' && { field: fromField(field) }),
      ...(optional(upTo) && { upTo: Number(message(upTo).value) }),
    };
  });
}
