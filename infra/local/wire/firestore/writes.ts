import { fieldPath } from '../../engines/firestore/field-path.ts';
import type {
  FirestoreEngine,
  Precondition,
  Transform,
  Write,
  WriteResult,
} from '../../engines/firestore/index.ts';
import { checkOperand } from '../../engines/firestore/transforms.ts';
import type { Message } from '../server.ts';
import { invalid, list, message, optional, text } from './message.ts';
import type { Names } from './names.ts';
import { fromArray, fromFields, fromTimestamp, fromValue, toTimestamp, toValue } from './values.ts';

/** google.firestore.v1.Write to the engine's write. */
export function fromWrite(value: unknown, names: Names): Write {
  const write = message(value);
  const required = fromPrecondition(write.currentDocument);
  const condition = required && { precondition: required };
  if (write.operation === 'delete') {
    return { kind: 'delete', path: names.path(write.delete), ...condition };
  }
  if (write.operation === 'transform') {
    const { document, fieldTransforms } = message(write.transform);
    const transforms = list(fieldTransforms).map(fromTransform);
    const path = names.path(document);
    return { kind: 'update', path, fields: new Map(), mask: [], transforms, ...condition };
  }
  if (write.operation !== 'update') throw invalid('A write must have an operation.');
  const { name, fields } = message(write.update);
  const mask = fromMask(write.updateMask);
  return {
    kind: 'update',
    path: names.path(name),
    fields: fromFields(fields),
    transforms: list(write.updateTransforms).map(fromTransform),
    ...(mask && { mask }),
    ...condition,
  };
}

/** google.firestore.v1.DocumentMask; undefined when there is none. */
export function fromMask(value: unknown) {
  const mask = optional(value);
  return mask && list(mask.fieldPaths).map((path) => fieldPath(text(path)));
}

export function fromPrecondition(value: unknown): Precondition | undefined {
  const precondition = optional(value);
  if (precondition?.conditionType === 'exists') return { exists: precondition.exists === true };
  if (precondition?.conditionType !== 'updateTime') return undefined;
  return { updateTime: Number(fromTimestamp(precondition.updateTime)) };
}

function fromTransform(value: unknown): Transform {
  const transform = message(value);
  const field = fieldPath(text(transform.fieldPath));
  const { transformType } = transform;
  switch (transformType) {
    case 'setToServerValue':
      return { field, kind: 'request-time' };
    case 'increment':
    case 'maximum':
    case 'minimum': {
      const by = checkOperand(transformType, fromValue(transform[transformType]));
      return { field, kind: transformType, by };
    }
    case 'appendMissingElements':
      return { field, kind: 'append-missing', elements: fromArray(transform[transformType]) };
    case 'removeAllFromArray':
      return { field, kind: 'remove-all', elements: fromArray(transform[transformType]) };
    default:
      throw invalid('A field transform must have a transform type.');
  }
}

function toWriteResult({ updateTime, transformResults }: WriteResult): Message {
  return {
    updateTime: updateTime === undefined ? null : toTimestamp(updateTime),
    transformResults: transformResults.map(toValue),
  };
}

/** google.firestore.v1.CommitRequest, carried out. */
export function commit(engine: FirestoreEngine, names: Names, request: Message): Message {
  names.checkDatabase(request.database);
  const writes = list(request.writes).map((write) => fromWrite(write, names));
  const { commitTime, results } = engine.commit(writes, transactionOf(request.transaction));
  return { writeResults: results.map(toWriteResult), commitTime: toTimestamp(commitTime) };
}

/** A transaction's id as the wire carries it: bytes, empty when there is none. */
export function transactionOf(value: unknown): string | undefined {
  return Buffer.isBuffer(value) && value.length > 0 ? value.toString('latin1') : undefined;
}
