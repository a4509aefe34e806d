import { EngineError } from '../engine.ts';
import type { SecretInfo, VersionInfo } from './types.ts';

type Test<T> = (item: T) => boolean;

export interface SecretFilter {
  passes: Test<SecretInfo>;
  /** A label, `<key>=<value>`, that all it lets pass have. */
  label: string | undefined;
}

/** `field=value`, `field:value`, with or without quotes around the value. */
const term = /^([a-z_]+)(?:\.([^\s=:"]+))?\s*([=:])\s*(?:"([^"]*)"|([^\s"]*))$/;

/**
 * Which secrets a filter means: `labels.<key>=<value>`, `labels.<key>:*`, `labels.<key>:<part>` and `name:<part>`, joined by
 * `AND`. Of the filters of Secret Manager's "Filter list" page the others are refused, not ignored.
 *
 * @throws `INVALID_ARGUMENT`
 */
export function secretFilter(filter: string): SecretFilter {
  let label: string | undefined;
  const passes = all<SecretInfo>(filter, ({ field, key, operator, value }) => {
    if (field === 'labels' && key !== undefined) {
      if (operator === '=') {
        label ??= `${key}=${value}`;
        return ({ labels }) => labels[key] === value;
      }
      if (value === '*') return ({ labels }) => Object.hasOwn(labels, key);
      return ({ labels }) => labels[key]?.includes(value) ?? false;
    }
    if (field === 'name' && key === undefined && operator === ':')
      return ({ name }) => name.slice(name.lastIndexOf('/') + 1).includes(value);
    return undefined;
  });
  return { passes, label };
}

/** Which versions a filter means: `state:<state>` or `state=<state>`. @throws `INVALID_ARGUMENT` */
export function versionFilter(filter: string): Test<VersionInfo> {
  return all(filter, ({ field, key, value }) =>
    field === 'state' && key === undefined ? ({ state }) => state === value : undefined,
  );
}

interface Term {
  field: string;
  key: string | undefined;
  operator: string;
  value: string;
}

function all<T>(filter: string, test: (term: Term) => Test<T> | undefined): Test<T> {
  const parts = filter.trim() === '' ? [] : filter.trim().split(/\s+AND\s+/);
  const tests = parts.map((part) => {
    const match = term.exec(part);
    const found =
      match &&
      test({
        field: match[1] ?? '',
        key: match[2],
        operator: match[3] ?? '',
        value: match[4] ?? match[5] ?? '',
      });
    if (found) return found;
    throw new EngineError('INVALID_ARGUMENT', `The provided filter [${filter}] is invalid.`);
  });
  return (item) => tests.every((passes) => passes(item));
}
