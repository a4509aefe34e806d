/** A value of a payload, looked into without trusting its shape. */
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

/** The non-empty string at `path`, or undefined. */
export function text(payload: Json, ...path: readonly (string | number)[]): string | undefined {
  const value = at(payload, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The list at `path`, empty where there is none. */
export function list(payload: Json, ...path: readonly (string | number)[]): Json[] {
  const value = at(payload, ...path);
  return Array.isArray(value) ? value : [];
}

/** Longest text field of a context, in UTF-16 units (Action Llama's limit); what is cut ends in `...`. */
const longestText = 4_000;

/** `value` at a context's longest length. */
export function cut(value: string | undefined): string | undefined {
  if (value === undefined || value.length <= longestText) return value;
  return `${value.slice(0, longestText).toWellFormed()}...`;
}
