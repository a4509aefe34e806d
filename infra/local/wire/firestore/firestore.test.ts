import { FieldPath, FieldValue, Filter, type Firestore, Timestamp } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients } from '../../../../shared/cloud/clients.ts';
import { memoryStore } from '../../engines/engine.ts';
import { createFirestoreEngine, type IndexFile } from '../../engines/firestore/index.ts';
import { callCounter } from '../calls.ts';
import { faultTable } from '../faults.ts';
import { serve, type WireServer } from '../server.ts';
import { firestoreService } from './index.ts';

const indexes: IndexFile = {
  indexes: [
    {
      collectionGroup: 'indexed',
      queryScope: 'COLLECTION',
      fields: [
        { fieldPath: 'a', order: 'ASCENDING' },
        { fieldPath: 'n', order: 'DESCENDING' },
      ],
    },
  ],
};

const store = memoryStore();
let server: WireServer;
let firestore: Firestore;

const start = (port: number): Promise<WireServer> => {
  const context = { now: Date.now, random: Math.random, store };
  const engine = createFirestoreEngine(context, { project: 'p', indexes });
  return serve([firestoreService(engine)], port, { calls: callCounter(), faults: faultTable() });
};

const connect = (port: number): Promise<Firestore> =>
  clients({
    project: 'p',
    endpoint: `127.0.0.1:${port}`,
  }).firestore();

beforeAll(async () => {
  server = await start(0);
  firestore = await connect(server.port);
});
afterAll(async () => {
  await firestore.terminate();
  await server.close();
});

let used = 0;
const collection = (id = 'things') => {
  used += 1;
  return firestore.collection(`tests/${used}/${id}`);
};

const idsOf = (found: { docs: { id: string }[] }): string =>
  found.docs.map(({ id }) => id).join('');

describe('documents', () => {
  test('every kind of value goes over the wire and back', async () => {
    const document = collection().doc('a');
    const value = {
      nothing: null,
      yes: true,
      integer: Number.MAX_SAFE_INTEGER,
      double: 1.5,
      notANumber: Number.NaN,
      text: 'é😀',
      bytes: Buffer.from([0, 255]),
      time: new Timestamp(-1, 123_456_000),
      other: document,
      list: [1, { in: 'a map' }],
      map: { deep: { er: [] } },
    };
    await document.create(value);
    expect((await document.get()).data()).toEqual(value);
  });

  test('finer than microseconds is rounded down', async () => {
    const document = collection().doc('a');
    await document.set({ time: new Timestamp(1, 999_999_999) });
    expect((await document.get()).get('time')).toEqual(new Timestamp(1, 999_999_000));
  });

  test('a batch is made as a whole or not at all', async () => {
    const things = collection();
    await things.doc('there').create({});
    const batch = firestore.batch().create(things.doc('new'), {}).create(things.doc('there'), {});
    await expect(batch.commit()).rejects.toMatchObject({ code: 6 });
    expect((await things.doc('new').get()).exists).toBe(false);
  });

  test('a batch of more than 500 writes is taken', async () => {
    const things = collection();
    const batch = firestore.batch();
    for (let i = 0; i < 501; i++) batch.set(things.doc(`${i}`), { i });
    await batch.commit();
    expect((await things.count().get()).data().count).toBe(501);
  });

  test('refusals carry their codes', async () => {
    const things = collection();
    const { writeTime } = await things.doc('a').create({ n: 1 });
    await things.doc('a').update({ n: 2 });
    await expect(things.doc('a').create({})).rejects.toMatchObject({ code: 6 });
    await expect(things.doc('b').update({ n: 1 })).rejects.toMatchObject({ code: 5 });
    await expect(
      things.doc('a').update({ n: 3 }, { lastUpdateTime: writeTime }),
    ).rejects.toMatchObject({ code: 9 });
    await expect(things.doc('__x__').set({})).rejects.toMatchObject({ code: 3 });
    await expect(things.doc('a').set({ x: 'x'.repeat(1_048_488) })).rejects.toMatchObject({
      code: 3,
    });
  });

  test('transforms, merges and removed fields', async () => {
    const document = collection().doc('a');
    await document.set({ n: 1, list: ['a'], map: { keep: 1, drop: 2 } });
    await document.set(
      {
        n: FieldValue.increment(2),
        list: FieldValue.arrayUnion('a', 'b'),
        map: { drop: FieldValue.delete(), at: FieldValue.serverTimestamp() },
      },
      { merge: true },
    );
    expect((await document.get()).data()).toEqual({
      n: 3,
      list: ['a', 'b'],
      map: { keep: 1, at: expect.any(Timestamp) },
    });
  });

  test('several at once, in the order asked for, with the fields asked for', async () => {
    const things = collection();
    await things.doc('a').set({ x: 1, y: 2 });
    const found = await firestore.getAll(things.doc('b'), things.doc('a'), { fieldMask: ['y'] });
    expect(found.map((one) => one.data())).toEqual([undefined, { y: 2 }]);
  });

  test('listing shows documents that exist only as parents, and the collections below', async () => {
    const things = collection();
    await things.doc('a').set({});
    await things.doc('ghost').collection('below').doc('x').set({});
    expect((await things.listDocuments()).map(({ id }) => id)).toEqual(['a', 'ghost']);
    expect((await things.doc('ghost').listCollections()).map(({ id }) => id)).toEqual(['below']);
  });

  test('a bulk writer tells the fate of each of its writes', async () => {
    const things = collection();
    await things.doc('there').create({});
    const writer = firestore.bulkWriter();
    writer.onWriteError(() => false);
    const fates = [writer.create(things.doc('new'), {}), writer.create(things.doc('there'), {})];
    const settled = Promise.allSettled(fates);
    await writer.close();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('a document is deleted with everything below it', async () => {
    const things = collection();
    await things.doc('a').set({});
    await things.doc('a').collection('below').doc('x').collection('more').doc('y').set({});
    await firestore.recursiveDelete(things.doc('a'));
    expect(await things.listDocuments()).toEqual([]);
  });
});

describe('queries', () => {
  test('filters, orders, cursors, limits and projections', async () => {
    const things = collection('indexed');
    await Promise.all(
      [...'abcd'].map((id, n) => things.doc(id).set({ a: n % 2, n, tags: [id, 'all'] })),
    );
    const odd = things.where('a', '==', 1).orderBy('n', 'desc');
    expect(idsOf(await odd.get())).toBe('db');
    expect(idsOf(await odd.startAfter(3).get())).toBe('b');
    expect(idsOf(await things.orderBy('n').limitToLast(2).get())).toBe('cd');
    expect(idsOf(await things.orderBy('n').offset(1).limit(2).get())).toBe('bc');
    expect(idsOf(await things.where('n', 'in', [0, 3]).get())).toBe('ad');
    expect(idsOf(await things.where('tags', 'array-contains-any', ['a', 'c']).get())).toBe('ac');
    expect(idsOf(await things.where(FieldPath.documentId(), '>', 'b').get())).toBe('cd');
    const either = Filter.or(Filter.where('n', '==', 0), Filter.where('a', '==', 1));
    expect(idsOf(await things.where(either).get())).toBe('abd');
    const [first] = (await things.select('a').get()).docs;
    expect(first?.data()).toEqual({ a: 0 });
  });

  test('a query that matches nothing still tells when it was read', async () => {
    const found = await collection().get();
    expect(found.empty).toBe(true);
    expect(found.readTime).toBeInstanceOf(Timestamp);
  });

  test('a query without its composite index is refused, and told which it needs', async () => {
    const query = collection('indexed').where('a', '==', 1).orderBy('n');
    // In a transaction the client does not repeat a query that was refused.
    const refused = firestore.runTransaction((transaction) =>
      transaction.get(collection().doc('a')).then(() => transaction.get(query)),
    );
    await expect(refused).rejects.toMatchObject({
      code: 9,
      message: expect.stringContaining('{"fieldPath":"n","order":"ASCENDING"}'),
    });
  });
});

describe('transactions', () => {
  test('20 that count up one document give 20', async () => {
    const counter = collection().doc('counter');
    await counter.set({ n: 0 });
    const once = () =>
      firestore.runTransaction(async (transaction) => {
        const n: number = (await transaction.get(counter)).get('n');
        transaction.update(counter, { n: n + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, once));
    expect((await counter.get()).get('n')).toBe(20);
  });

  test('two that rest on the same query do not both add to it', async () => {
    const things = collection();
    let attempts = 0;
    const addTheOnly = (id: string) =>
      firestore.runTransaction(async (transaction) => {
        attempts += 1;
        if ((await transaction.get(things)).empty) transaction.create(things.doc(id), {});
      });
    await Promise.all([addTheOnly('a'), addTheOnly('b')]);
    expect((await things.get()).size).toBe(1);
    expect(attempts).toBeGreaterThanOrEqual(2);
  });

  test('one whose client is gone holds the others up for no more than its turn', async () => {
    const document = collection().doc('a');
    await document.set({ n: 1 });
    const gone = await connect(server.port);
    let begun = (): void => {};
    const reading = new Promise<void>((resolve) => {
      begun = resolve;
    });
    void gone.runTransaction(async (transaction) => {
      await transaction.get(document.withConverter(null));
      begun();
      await new Promise(() => {});
    });
    await reading;
    await firestore.runTransaction(async (transaction) => {
      const n: number = (await transaction.get(document)).get('n');
      transaction.update(document, { n: n + 1 });
    });
    expect((await document.get()).get('n')).toBe(2);
    await gone.terminate();
  });

  test('a read-only one reads documents and queries', async () => {
    const things = collection();
    await things.doc('a').set({ n: 1 });
    const read = await firestore.runTransaction(
      async (transaction) => [
        (await transaction.get(things.doc('a'))).get('n'),
        (await transaction.get(things)).size,
      ],
      { readOnly: true },
    );
    expect(read).toEqual([1, 1]);
  });
});

describe('listeners', () => {
  /** Collects what a listener is told, and waits for the told to be as many as asked for. */
  function telling<T>() {
    const told: T[] = [];
    let wake = (): void => {};
    return {
      told,
      tell: (one: T) => {
        told.push(one);
        wake();
      },
      until: async (count: number) => {
        while (told.length < count) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return told;
      },
    };
  }

  test('of a document are told of its coming, changing and going', async () => {
    const document = collection().doc('a');
    const { tell, until } = telling<unknown>();
    const stop = document.onSnapshot((snapshot) => tell(snapshot.data()));
    await until(1);
    await document.create({ n: 1 });
    await until(2);
    await document.update({ n: 2 });
    await until(3);
    await document.delete();
    expect(await until(4)).toEqual([undefined, { n: 1 }, { n: 2 }, undefined]);
    stop();
  });

  test('of a query are told of what enters, changes and leaves', async () => {
    const things = collection();
    await things.doc('a').set({ n: 1 });
    const { tell, until } = telling<string>();
    const stop = things.where('n', '>', 0).onSnapshot((snapshot) => {
      tell(
        snapshot
          .docChanges()
          .map(({ type, doc }) => `${type} ${doc.id}`)
          .join(),
      );
    });
    await until(1);
    await things.doc('b').set({ n: 5 });
    await until(2);
    await things.doc('a').set({ n: 2 });
    await until(3);
    await things.doc('a').set({ n: 0 });
    await until(4);
    await things.doc('b').delete();
    expect(await until(5)).toEqual(['added a', 'added b', 'modified a', 'removed a', 'removed b']);
    stop();
  });

  test('of a query that is refused are told why', async () => {
    const { tell, until } = telling<string>();
    collection('indexed')
      .where('a', '==', 1)
      .orderBy('n')
      .onSnapshot(
        () => tell('snapshot'),
        (error) => tell(error.message),
      );
    expect((await until(1))[0]).toContain('The query requires an index');
  });

  test('go on after the server was away, and learn what went meanwhile', async () => {
    const things = collection();
    await things.doc('a').set({ n: 1 });
    await things.doc('b').set({ n: 1 });
    const { tell, until } = telling<string>();
    const stop = things.onSnapshot((snapshot) => tell(idsOf(snapshot)));
    await until(1);
    const { port } = server;
    await server.close();
    server = await start(port);
    const other = await connect(port);
    await other.doc(things.doc('a').path).delete();
    await other.terminate();
    const told = await until(2);
    expect(told.at(-1)).toBe('b');
    stop();
  });
});
