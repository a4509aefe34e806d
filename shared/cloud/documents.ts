import type {
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Query as FirestoreQuery,
  WriteBatch,
} from '@google-cloud/firestore';
import {
  CloudError,
  type Data,
  type Document,
  type Documents,
  type Query,
  REMOVE,
  SERVER_TIME,
  type TellTime,
  type Value,
  type Version,
  type Write,
} from '../ports/index.ts';
import type { Lazy } from './clients.ts';
import { normalised } from './errors.ts';

/** Firestore's module: its field sentinels are values, and are loaded with the client (D16). */
type Sdk = typeof import('@google-cloud/firestore');

/** Most writes of one commit (Firestore quotas page; the server no longer counts, the port does). */
const maxWrites = 500;

/**
 * {@link Documents} on Google's Firestore.
 *
 * Reads are repeated by the client when the service is away, for about 9 s. A commit is sent once: after `unavailable` or
 * `deadline_exceeded` it may have taken effect, so read before writing again. (The client's own commit would repeat it,
 * and a `create` whose answer was lost would then be refused as `already_exists`: by itself.)
 */
export function firestoreDocuments(client: Lazy<Firestore>): Documents {
  let loaded: Promise<[Firestore, Sdk]> | undefined;
  // Kept: an import of what is loaded already still makes a dozen promises.
  const load = (): Promise<[Firestore, Sdk]> => {
    loaded ??= Promise.all([client(), import('@google-cloud/firestore')]);
    return loaded;
  };
  return {
    get: <T extends Data>(path: string, tellTime?: TellTime) =>
      normalised('Firestore.BatchGetDocuments', async () => {
        const firestore = await client();
        const reference = checked(() => firestore.doc(path));
        const snapshot = await reference.get();
        const readAt = snapshot.readTime.toMillis();
        tellTime?.(readAt);
        const document = asDocument<T>(snapshot);
        return document && { ...document, readAt };
      }),

    query: <T extends Data>(query: Query, tellTime?: TellTime) =>
      normalised('Firestore.RunQuery', async () => {
        const [firestore, sdk] = await load();
        const found = await checked(() => asFirestoreQuery(firestore, sdk, query)).get();
        tellTime?.(found.readTime.toMillis());
        return found.docs.flatMap((snapshot) => asDocument<T>(snapshot) ?? []);
      }),

    count: (query, tellTime) =>
      normalised('Firestore.RunAggregationQuery', async () => {
        const [firestore, sdk] = await load();
        const counted = await checked(() => asFirestoreQuery(firestore, sdk, query))
          .count()
          .get();
        tellTime?.(counted.readTime.toMillis());
        return counted.data().count;
      }),

    commit: (writes, tellTime) =>
      normalised('Firestore.Commit', async () => {
        const [firestore, sdk] = await load();
        const batch = checked(() => asBatch(firestore, sdk, writes));
        return commitOnce(batch, tellTime);
      }),
  };
}

interface ProtoTime {
  seconds?: number | string | null;
  nanos?: number | null;
}

/** What the client's own `commit` is built on; absent from its types. The package is pinned, and a wire test holds this. */
interface Committable {
  _commit(options: { retryCodes: number[] }): Promise<{
    writeResults?: { updateTime?: ProtoTime | null }[] | null;
    commitTime?: ProtoTime | null;
  }>;
}

async function commitOnce(batch: WriteBatch, tellTime?: TellTime): Promise<Version[]> {
  const { writeResults, commitTime } = await (batch as unknown as Committable)._commit({
    retryCodes: [],
  });
  if (commitTime) tellTime?.(asMillis(commitTime));
  return (writeResults ?? []).map(({ updateTime }) => {
    // A delete has no update time.
    const time = updateTime ?? commitTime;
    return asVersion(Number(time?.seconds ?? 0), time?.nanos ?? 0);
  });
}

function asMillis({ seconds, nanos }: ProtoTime): number {
  return Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000);
}

function asBatch(firestore: Firestore, sdk: Sdk, writes: readonly Write[]): WriteBatch {
  if (writes.length > maxWrites) {
    throw new Error(`at most ${maxWrites} writes in a commit, not ${writes.length}`);
  }
  const batch = firestore.batch();
  for (const write of writes) addWrite(batch, sdk, firestore.doc(write.path), write);
  return batch;
}

function addWrite(batch: WriteBatch, sdk: Sdk, reference: DocumentReference, write: Write): void {
  switch (write.op) {
    case 'create':
    case 'set':
      batch[write.op](
        reference,
        Object.fromEntries(
          Object.entries(write.data).map(([name, value]) => [name, fieldValue(sdk, value)]),
        ),
      );
      return;
    case 'update': {
      // A name given as a string would be parsed as a path; FieldPath takes it as it is.
      const fields = Object.entries(write.fields).flatMap(([name, value]) => [
        new sdk.FieldPath(name),
        fieldValue(sdk, value),
      ]);
      const [first, value, ...others] = fields;
      if (!(first instanceof sdk.FieldPath)) throw new Error('an update of no field');
      batch.update(reference, first, value, ...others, ...precondition(sdk, write.version));
      return;
    }
    case 'delete':
      batch.delete(reference, ...precondition(sdk, write.version));
      return;
  }
}

function fieldValue(sdk: Sdk, value: Value | typeof SERVER_TIME | typeof REMOVE): unknown {
  if (value === SERVER_TIME) return sdk.FieldValue.serverTimestamp();
  if (value === REMOVE) return sdk.FieldValue.delete();
  return value;
}

function precondition(sdk: Sdk, version: Version | undefined) {
  if (version === undefined) return [];
  const [, seconds, nanos] = /^(-?\d+)\.(\d{9})$/.exec(version) ?? [];
  if (seconds === undefined || nanos === undefined) throw new Error(`no version: ${version}`);
  return [{ lastUpdateTime: new sdk.Timestamp(Number(seconds), Number(nanos)) }] as const;
}

function asVersion(seconds: number, nanos: number): Version {
  return `${seconds}.${String(nanos).padStart(9, '0')}` as Version;
}

function asFirestoreQuery(firestore: Firestore, sdk: Sdk, query: Query): FirestoreQuery {
  let built: FirestoreQuery = firestore.collection(query.collection);
  for (const [field, is, value] of query.where ?? []) {
    built = built.where(new sdk.FieldPath(field), is, value);
  }
  for (const [field, direction] of query.orderBy ?? []) {
    built = built.orderBy(new sdk.FieldPath(field), direction);
  }
  if (query.startAfter) built = built.startAfter(...query.startAfter);
  return built.limit(query.limit);
}

function asDocument<T extends Data>(snapshot: DocumentSnapshot): Document<T> | undefined {
  const { updateTime } = snapshot;
  if (!updateTime) return undefined;
  return {
    path: snapshot.ref.path,
    id: snapshot.id,
    data: asData(snapshot.data() ?? {}) as T,
    version: asVersion(updateTime.seconds, updateTime.nanoseconds),
  };
}

function asData(fields: { [field: string]: unknown }): Data {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, asValue(value)]));
}

function asValue(value: unknown): Value {
  if (Array.isArray(value)) return value.map(asValue);
  // A Buffer is a Uint8Array that serialises, prints and compares differently.
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== 'object' || value === null) return value as Value;
  if ('toDate' in value && typeof value.toDate === 'function') return value.toDate() as Date;
  return asData(value as { [field: string]: unknown });
}

/** What the client refuses before it calls anybody, it refuses because of the arguments. */
function checked<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CloudError('invalid_argument', `Firestore: ${reason}`, { cause: error });
  }
}
