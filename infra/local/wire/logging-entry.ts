import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';
import { EngineError, type Json } from '../engines/engine.ts';
import type { NewEntry, Severity, StoredEntry } from '../engines/logging/entry.ts';
import { descriptor } from './protos.ts';
import type { Message } from './server.ts';
import { readStruct, writeStruct } from './struct.ts';

/** A `google.protobuf.Timestamp` as it is decoded. */
interface Timestamp {
  seconds: string;
  nanos: number;
}

/** A google.logging.v2.LogEntry as it is decoded, as far as it is read. */
export interface EntryMessage {
  logName: string;
  resource: { type: string; labels: { [name: string]: string } } | null;
  timestamp: Timestamp | null;
  insertId: string;
  severity: Severity;
  labels: { [name: string]: string };
  trace: string;
  payload?: 'textPayload' | 'jsonPayload' | 'protoPayload';
  textPayload?: string;
  jsonPayload?: Message;
  protoPayload?: { type_url: string; value: Buffer };
}

/** What a write request says once for the entries that do not say it themselves. */
export type EntryDefaults = Pick<EntryMessage, 'logName' | 'resource' | 'labels'>;

export function readEntry(message: EntryMessage, defaults: EntryDefaults): NewEntry {
  const { timestamp, insertId, trace } = message;
  const resource = message.resource ?? defaults.resource ?? { type: '', labels: {} };
  return {
    logName: message.logName || defaults.logName,
    resource: { type: resource.type, labels: { ...resource.labels } },
    severity: message.severity,
    labels: { ...defaults.labels, ...message.labels },
    payload: readPayload(message),
    ...(timestamp ? { timestamp: Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6 } : {}),
    ...(insertId ? { insertId } : {}),
    ...(trace ? { trace } : {}),
  };
}

export function writeEntry(entry: StoredEntry): Message {
  const { payload, timestamp, receivedAt, receivedNanos, ...rest } = entry;
  return {
    ...rest,
    timestamp: writeTime(timestamp, 0),
    receiveTimestamp: writeTime(receivedAt, receivedNanos),
    ...('text' in payload ? { textPayload: payload.text } : {}),
    ...('json' in payload ? { jsonPayload: writeStruct(payload.json) } : {}),
    ...('proto' in payload ? { protoPayload: pack(payload.proto) } : {}),
  };
}

function readPayload(message: EntryMessage): NewEntry['payload'] {
  switch (message.payload) {
    case 'jsonPayload':
      return { json: readStruct(message.jsonPayload ?? {}) };
    case 'protoPayload':
      return { proto: unpack(message.protoPayload) };
    default:
      return { text: message.textPayload ?? '' };
  }
}

function writeTime(ms: number, nanos: number): Message {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - seconds * 1000) * 1000) * 1000 + nanos };
}

const structUrl = 'type.googleapis.com/google.protobuf.Struct';

/**
 * The clients ship no descriptor of AuditLog, so a proto payload travels as a Struct of the same fields: readers that
 * look into the JSON find what Google's JSON has.
 */
function pack(fields: { [key: string]: Json }): Message {
  return { type_url: structUrl, value: struct().serialize(writeStruct(fields)) };
}

function unpack(any: EntryMessage['protoPayload']): { [key: string]: Json } {
  if (any?.type_url !== structUrl)
    throw new EngineError(
      'UNIMPLEMENTED',
      `the local Cloud Logging takes no proto payload of type '${any?.type_url}'`,
    );
  return readStruct(struct().deserialize(any.value) as Message);
}

let loaded: MessageTypeDefinition<object, object> | undefined;

/** Loaded when the first proto payload passes. */
function struct(): MessageTypeDefinition<object, object> {
  loaded ??= fromJSON(descriptor('google.logging.v2.LoggingServiceV2'), {
    enums: String,
    defaults: true,
    oneofs: true,
  })['google.protobuf.Struct'] as MessageTypeDefinition<object, object>;
  return loaded;
}
