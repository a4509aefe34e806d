import { refusal } from './refusal.ts';

/** A JSON object, as it came. */
export type JsonObject = { readonly [key: string]: unknown };

/** The JSON object in `body`, or undefined when it holds anything else. */
export function parseObject(body: ArrayBuffer | Uint8Array | string): JsonObject | undefined {
  try {
    const text =
      typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses a body of more than `limit` bytes with 413. */
export function refuseOver(limit: number, bytes: number): void {
  if (bytes > limit) {
    throw refusal('too-large', `body of ${bytes} bytes is over the limit of ${limit}`);
  }
}
