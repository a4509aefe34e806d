/** Parsed JSON from outside, looked into without trusting its shape. */
type Json = unknown;

/** The value at `path`, or undefined where the payload has another shape. */
export function at(payload: Json, ...path: readonly (string | number)[]): Json {
  let value = payload;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key)
      ? (value as { [key: string | number]: Json })[key]
      : undefined;
  }
  return value;
}

/** The non-empty string at `path`, or undefined. Half a surrogate pair is replaced: no UTF-8, and so no service, can hold one. */
export function text(payload: Json, ...path: readonly (string | number)[]): string | undefined {
  const value = at(payload, ...path);
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

/** The list at `path`, empty where there is none. */
export function list(payload: Json, ...path: readonly (string | number)[]): Json[] {
  const value = at(payload, ...path);
  return Array.isArray(value) ? value : [];
}

/** The first `longest` UTF-16 units of `value`, and `...` where there were more. */
export function cut(value: string, longest: number): string {
  return value.length <= longest ? value : `${value.slice(0, longest).toWellFormed()}...`;
}
