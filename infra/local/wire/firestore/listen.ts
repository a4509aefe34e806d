import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { FirestoreEngine, ListenTarget, Snapshot } from '../../engines/firestore/index.ts';
import { type Message, status } from '../server.ts';
import { toDocument } from './documents.ts';
import { bytes, invalid, list, message } from './message.ts';
import type { Names } from './names.ts';
import { fromQuery } from './queries.ts';
import { toTimestamp } from './values.ts';

/** google.firestore.v1.Listen: any number of targets on one stream. */
export function listen(engine: FirestoreEngine, names: Names) {
  return (call: ServerDuplexStream<Message, Message>): void => {
    const stops = new Map<number, () => void>();
    const stop = (id: number): void => {
      stops.get(id)?.();
      stops.delete(id);
    };
    const stopAll = (): void => {
      for (const id of [...stops.keys()]) stop(id);
    };
    call.on('data', (request: Message) => {
      if (request.targetChange === 'removeTarget') {
        const id = Number(request.removeTarget);
        stop(id);
        call.write(targetChange('REMOVE', id));
        return;
      }
      const target = message(request.addTarget);
      const id = Number(target.targetId);
      stop(id);
      try {
        stops.set(
          id,
          follow(engine, names, target, id, (response) => void call.write(response)),
        );
      } catch (error) {
        call.write(refusal(id, error));
      }
    });
    call.on('end', () => {
      stopAll();
      call.end();
    });
    call.on('cancelled', stopAll);
    call.on('error', stopAll);
  };
}

/** Adds a target; answers with what ends it. */
function follow(
  engine: FirestoreEngine,
  names: Names,
  target: Message,
  id: number,
  send: (response: Message) => void,
): () => void {
  const wanted = toTarget(target, names);
  let current = false;
  const resumed = bytes(target.resumeToken).length > 0;
  return engine.listen(wanted, (snapshot) => {
    if (!current) {
      send(targetChange('ADD', id));
      // Where a resumed listener stood is not known any more: it forgets, and is told everything.
      if (resumed) send(targetChange('RESET', id));
    }
    for (const response of changes(engine, names, snapshot, id)) send(response);
    const at = progress(snapshot);
    if (!current) send({ targetChange: { targetChangeType: 'CURRENT', targetIds: [id], ...at } });
    current = true;
    send({ targetChange: { targetChangeType: 'NO_CHANGE', targetIds: [], ...at } });
  });
}

function toTarget(target: Message, names: Names): ListenTarget {
  if (target.targetType === 'documents') {
    return { documents: list(message(target.documents).documents).map(names.path) };
  }
  if (target.targetType !== 'query') throw invalid('A target must have a type.');
  const { parent, structuredQuery } = message(target.query);
  return { query: fromQuery(parent, structuredQuery, names) };
}

function changes(
  engine: FirestoreEngine,
  names: Names,
  { changed, removed, readTime }: Snapshot,
  id: number,
): Message[] {
  const there = new Set(
    engine.get(removed).result.flatMap((document) => (document ? [document.path] : [])),
  );
  return [
    ...changed.map((document) => ({
      documentChange: {
        document: toDocument(document, names),
        targetIds: [id],
        removedTargetIds: [],
      },
    })),
    ...removed.map((path) => ({
      [there.has(path) ? 'documentRemove' : 'documentDelete']: {
        document: names.name(path),
        removedTargetIds: [id],
        readTime: toTimestamp(readTime),
      },
    })),
  ];
}

function progress({ readTime }: Snapshot): Message {
  return { readTime: toTimestamp(readTime), resumeToken: Buffer.from(String(readTime)) };
}

function targetChange(targetChangeType: string, id: number): Message {
  return { targetChange: { targetChangeType, targetIds: [id] } };
}

function refusal(id: number, error: unknown): Message {
  const { code, details } = status(error);
  const cause = { code, message: details };
  return { targetChange: { targetChangeType: 'REMOVE', targetIds: [id], cause } };
}
