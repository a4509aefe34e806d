import { EngineError } from '../../engine.ts';
import type { FieldFilter, Filter } from '../types.ts';
import { isArray } from '../values.ts';

/** Most disjuncts of a query in disjunctive normal form (Firestore queries page). */
const maxDisjuncts = 30;

/** A filter as an OR of ANDs; `in` and `array-contains-any` count once for each of their values. */
export function disjuncts(filter: Filter | undefined): FieldFilter[][] {
  if (!filter) return [[]];
  const all = expand(filter);
  if (all.length > maxDisjuncts) throw tooMany(all.length);
  return all;
}

function expand(filter: Filter): FieldFilter[][] {
  if (filter.kind === 'field') return alternatives(filter).map((one) => [one]);
  const inner = filter.filters.map(expand);
  if (filter.kind === 'or') return inner.flat();
  return inner.reduce<FieldFilter[][]>(
    (products, next) => {
      const count = products.length * next.length;
      if (count > maxDisjuncts) throw tooMany(count);
      return products.flatMap((left) => next.map((right) => [...left, ...right]));
    },
    [[]],
  );
}

function alternatives(filter: FieldFilter): FieldFilter[] {
  if (!isArray(filter.value)) return [filter];
  if (filter.operator === 'in') {
    return filter.value.map((value) => ({ ...filter, operator: '==', value }));
  }
  if (filter.operator === 'array-contains-any') {
    return filter.value.map((value) => ({ ...filter, operator: 'array-contains', value }));
  }
  return [filter];
}

function tooMany(count: number): EngineError {
  return new EngineError(
    'INVALID_ARGUMENT',
    `Too many disjunctions after normalization. Result had ${count} disjunctions which is more than the maximum of ${maxDisjuncts}`,
  );
}
