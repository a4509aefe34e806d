import { EngineError } from '../engine.ts';
import { valueAt, withValueAt } from './field-path.ts';
import { compare, equal, isNumber } from './order.ts';
import type { Micros, Transform } from './types.ts';
import { type Fields, isArray, timestamp, type Value } from './values.ts';

const maxInteger = 2n ** 63n - 1n;
const minInteger = -(2n ** 63n);

/** Applies `transforms` in order; a commit has one request time, to the millisecond (write.proto). */
export function applyTransforms(
  fields: Fields,
  transforms: readonly Transform[],
  commitTime: Micros,
): { fields: Fields; results: Value[] } {
  let changed = fields;
  const results: Value[] = [];
  for (const transform of transforms) {
    const value = transformed(valueAt(changed, transform.field), transform, commitTime);
    changed = withValueAt(changed, transform.field, value);
    results.push(isArray(value) ? null : value);
  }
  return { fields: changed, results };
}

function transformed(current: Value | undefined, transform: Transform, commitTime: Micros): Value {
  switch (transform.kind) {
    case 'request-time':
      return timestamp(BigInt(commitTime - (commitTime % 1000)));
    case 'increment':
      return current !== undefined && isNumber(current) ? add(current, transform.by) : transform.by;
    case 'maximum':
    case 'minimum':
      return extreme(current, transform);
    case 'append-missing':
      return appended(isArray(current) ? current : [], transform.elements);
    case 'remove-all':
      return (isArray(current) ? current : []).filter(
        (item) => !transform.elements.some((element) => equal(item, element)),
      );
  }
}

/** Integers stay integers and stop at the ends of 64 bits; a double makes the sum a double. */
function add(current: bigint | number, by: bigint | number): bigint | number {
  if (typeof current !== 'bigint' || typeof by !== 'bigint') return Number(current) + Number(by);
  const sum = current + by;
  if (sum > maxInteger) return maxInteger;
  return sum < minInteger ? minInteger : sum;
}

/** Equal operands leave the field as it is; NaN wins both ways (write.proto). */
function extreme(
  current: Value | undefined,
  { kind, by }: { kind: string; by: bigint | number },
): Value {
  if (current === undefined || !isNumber(current)) return by;
  if (Number.isNaN(current) || Number.isNaN(by)) return Number.NaN;
  const difference = compare(by, current);
  return (kind === 'maximum' ? difference > 0 : difference < 0) ? by : current;
}

function appended(current: readonly Value[], elements: readonly Value[]): Value {
  const items = [...current];
  for (const element of elements) {
    if (!items.some((item) => equal(item, element))) items.push(element);
  }
  return items;
}

/** Refuses a numeric transform by something that is not a number. */
export function checkOperand(kind: string, by: Value | undefined): bigint | number {
  if (by !== undefined && isNumber(by)) return by;
  throw new EngineError(
    'INVALID_ARGUMENT',
    `The ${kind} transform requires an integer or double value.`,
  );
}
