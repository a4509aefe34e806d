import { EngineError, type Json } from '../engines/engine.ts';
import type { Message } from './server.ts';

type Fields = { [key: string]: Json };

/** google.protobuf.Struct of a JSON object. */
export function writeStruct(fields: Fields): Message {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, writeValue(value)]),
    ),
  };
}

/** The JSON object in a google.protobuf.Struct. */
export function readStruct(struct: Message): Fields {
  const fields = (struct.fields ?? {}) as { [key: string]: Message };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, readValue(value)]));
}

function writeValue(value: Json): Message {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(writeValue) } };
  return { structValue: writeStruct(value) };
}

function readValue(value: Message): Json {
  switch (value.kind) {
    case 'nullValue':
      return null;
    case 'stringValue':
    case 'numberValue':
    case 'boolValue':
      return value[value.kind] as Json;
    case 'listValue':
      return ((value.listValue as Message).values as Message[]).map(readValue);
    case 'structValue':
      return readStruct(value.structValue as Message);
    default:
      throw new EngineError('INVALID_ARGUMENT', 'google.protobuf.Value has no kind');
  }
}
