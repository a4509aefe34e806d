import { EngineError } from '../../engine.ts';
import { valueAt } from '../field-path.ts';
import { isNumber } from '../order.ts';
import type { Aggregation, Document } from '../types.ts';
import type { Value } from '../values.ts';

/** Most aggregations of one query (query.proto). */
const maxAggregations = 5;

const maxInteger = 2n ** 63n - 1n;
const minInteger = -(2n ** 63n);

/** Each aggregation over `documents`, by alias. */
export function aggregate(
  documents: readonly Document[],
  aggregations: readonly Aggregation[],
): Map<string, Value> {
  checkAggregations(aggregations);
  return new Map(aggregations.map((one) => [one.alias, result(documents, one)]));
}

function checkAggregations(aggregations: readonly Aggregation[]): void {
  if (aggregations.length === 0 || aggregations.length > maxAggregations) {
    throw invalid(`There must be 1 to ${maxAggregations} aggregations in a query.`);
  }
  if (new Set(aggregations.map(({ alias }) => alias)).size !== aggregations.length) {
    throw invalid('Aggregation aliases must be unique.');
  }
  for (const { kind, upTo } of aggregations) {
    if (kind === 'count' && upTo !== undefined && upTo <= 0) {
      throw invalid('COUNT_UP_TO must be greater than zero.');
    }
  }
}

function result(documents: readonly Document[], { kind, field, upTo }: Aggregation): Value {
  if (kind === 'count') return BigInt(Math.min(documents.length, upTo ?? documents.length));
  const numbers = documents
    .map((document) => (field ? valueAt(document.fields, field) : undefined) ?? null)
    .filter(isNumber);
  if (kind === 'sum') return sum(numbers);
  return numbers.length === 0 ? null : Number(sum(numbers)) / numbers.length;
}

/** An integer while every number is one and the sum fits 64 bits, else a double. */
function sum(numbers: readonly (bigint | number)[]): bigint | number {
  let integers = 0n;
  let doubles = 0;
  let exact = true;
  for (const number of numbers) {
    if (typeof number === 'bigint') integers += number;
    else {
      doubles += number;
      exact = false;
    }
  }
  const fits = integers >= minInteger && integers <= maxInteger;
  return exact && fits ? integers : Number(integers) + doubles;
}

function invalid(message: string): EngineError {
  return new EngineError('INVALID_ARGUMENT', message);
}
