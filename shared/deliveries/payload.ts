/** The content types whose bytes can hold an event. */
export const jsonType = 'application/json';
export const formType = 'application/x-www-form-urlencoded';

/**
 * The event in a body: the JSON that it is, or that the field `payload` of a form holds. Undefined when it holds none.
 *
 * @param contentType Without parameters, in lower case.
 */
export function payloadOf(body: Uint8Array, contentType: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const json = contentType === formType ? new URLSearchParams(text).get('payload') : text;
    return json === null ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
