import { describe, expect, test } from 'vitest';
import { fields, fixture, set } from '../engines/firestore/fixture.ts';
import { inProcessDocuments } from './documents.ts';
import { fromPort } from './values.ts';

describe('what is read in process', () => {
  test('is frozen, but for dates and bytes, which are each reader’s own', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    const at = new Date(5_000);
    const data = { list: [{ a: 1 }], at, bytes: new Uint8Array([1]), inner: { at } };
    await documents.commit([{ op: 'create', path: 'things/a', data }]);
    const first = (await documents.get<typeof data>('things/a'))?.data;
    first?.at.setTime(0);
    first?.inner.at.setTime(0);
    first?.bytes.fill(9);
    expect(Object.isFrozen(first?.list) && Object.isFrozen(first?.list[0])).toBe(true);
    expect((await documents.get('things/a'))?.data).toEqual(data);
  });

  test('is the same for every reader of one state of a document, and another after a commit', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    engine.commit([set('things/a', { map: fields({ a: 1n }) })]);
    const read = async () => (await documents.get<{ map: { a: number } }>('things/a'))?.data.map;
    const first = await read();
    expect(await read()).toBe(first);
    engine.commit([set('things/a', { map: fields({ a: 2n }) })]);
    expect(await read()).toEqual({ a: 2 });
    expect(first).toEqual({ a: 1 });
  });

  test('is written back as what it was read from', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    const list = [1n, 'x'];
    engine.commit([set('things/a', { list })]);
    const found = await documents.get<{ list: (number | string)[] }>('things/a');
    expect(fromPort(found?.data.list ?? null)).toBe(
      engine.get(['things/a']).result[0]?.fields.get('list'),
    );
    expect(fromPort([...(found?.data.list ?? [])])).toEqual(list);
  });
});
