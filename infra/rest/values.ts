import type { Data, Value } from '../../shared/ports/index.ts';

/** A value of Firestore's, as JSON: `{ stringValue: 'x' }` (Firestore REST reference, "Value"). */
export type JsonValue = { readonly [type: string]: unknown };
export type JsonFields = { readonly [field: string]: JsonValue };

export function toJson(value: Value): JsonValue {
  if (value === null) return { nullValue: null };
  switch (typeof value) {
    case 'boolean':
      return { booleanValue: value };
    case 'string':
      return { stringValue: value };
    case 'number':
      return numberToJson(value);
    default:
      break;
  }
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toJson) } };
  return { mapValue: { fields: fieldsToJson(value) } };
}

export function fieldsToJson(data: Data): JsonFields {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, toJson(value)]));
}

/** What is a whole number is stored as one, as the client library does; JSON has words for what is no number (proto3 JSON mapping). */
function numberToJson(value: number): JsonValue {
  if (Number.isSafeInteger(value)) return { integerValue: String(value) };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

export function fromJson(json: JsonValue): Value {
  const [[type = '', value] = []] = Object.entries(json);
  switch (type) {
    case 'nullValue':
      return null;
    case 'booleanValue':
      return value === true;
    case 'integerValue':
    case 'doubleValue':
      return Number(value);
    case 'timestampValue':
      return new Date(String(value));
    case 'stringValue':
    case 'referenceValue':
      return String(value);
    case 'bytesValue':
      return new Uint8Array(Buffer.from(String(value), 'base64'));
    case 'arrayValue': {
      const { values = [] } = value as { values?: JsonValue[] };
      return values.map(fromJson);
    }
    case 'mapValue':
      return fieldsFromJson((value as { fields?: JsonFields }).fields);
    default:
      throw new Error(`a document has a value of the type ${type}, which Drover writes nowhere`);
  }
}

export function fieldsFromJson(fields: JsonFields = {}): Data {
  return Object.fromEntries(Object.entries(fields).map(([name, json]) => [name, fromJson(json)]));
}
