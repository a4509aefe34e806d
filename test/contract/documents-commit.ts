import { expect, test } from 'vitest';
import { REMOVE, SERVER_TIME, type Version } from '../../shared/ports/index.ts';
import type { Bench } from './documents.ts';
import { refusal } from './refusal.ts';

/** What each write does, refuses and answers with. */
export function commitContract(bench: Bench): void {
  /** A new document with these fields, and its version. */
  const created = async (data = { state: 'queued', tries: 0 }): Promise<[string, Version]> => {
    const path = `${bench.collection()}/one`;
    const [version] = await bench.documents.commit([{ op: 'create', path, data }]);
    if (version === undefined) throw new Error('a create answers with a version');
    return [path, version];
  };
  const dataOf = async (path: string) => (await bench.documents.get(path))?.data;

  test('get answers undefined for a document that is not there', async () => {
    expect(await bench.documents.get(`${bench.collection()}/nothing`)).toBeUndefined();
  });

  test('get answers with path, id, fields and the version that the commit answered with', async () => {
    const [path, version] = await created();
    expect(await bench.documents.get(path)).toEqual({
      path,
      id: 'one',
      data: { state: 'queued', tries: 0 },
      version,
      readAt: expect.any(Number),
    });
  });

  test('get tells when by the clock that commits are dated with', async () => {
    const path = `${bench.collection()}/one`;
    const write = { op: 'set', path, data: { at: SERVER_TIME } } as const;
    await bench.documents.commit([write]);
    const first = await bench.documents.get<{ at: Date }>(path);
    await bench.documents.commit([write]);
    const second = await bench.documents.get<{ at: Date }>(path);
    const times = [
      first?.data.at.getTime(),
      first?.readAt,
      second?.data.at.getTime(),
      second?.readAt,
    ];
    expect(times).toEqual(times.toSorted((a = 0, b = 0) => a - b));
  });

  test('create refuses a document that exists and leaves it alone', async () => {
    const [path] = await created();
    const again = bench.documents.commit([{ op: 'create', path, data: { state: 'other' } }]);
    expect(await refusal(again)).toBe('already_exists');
    expect(await dataOf(path)).toEqual({ state: 'queued', tries: 0 });
  });

  test('create takes the place of a deleted document', async () => {
    const [path] = await created();
    await bench.documents.commit([{ op: 'delete', path }]);
    await bench.documents.commit([{ op: 'create', path, data: { state: 'new' } }]);
    expect(await dataOf(path)).toEqual({ state: 'new' });
  });

  test('set creates what is not there', async () => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([{ op: 'set', path, data: { a: 1 } }]);
    expect(await dataOf(path)).toEqual({ a: 1 });
  });

  test('set replaces the whole document', async () => {
    const [path] = await created();
    await bench.documents.commit([{ op: 'set', path, data: { other: true } }]);
    expect(await dataOf(path)).toEqual({ other: true });
  });

  test('update replaces the named fields and leaves the others', async () => {
    const [path] = await created();
    await bench.documents.commit([{ op: 'update', path, fields: { state: 'running' } }]);
    expect(await dataOf(path)).toEqual({ state: 'running', tries: 0 });
  });

  test('update replaces a map as a whole', async () => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([
      { op: 'create', path, data: { links: { logs: 'a', job: 'b' }, other: 1 } },
    ]);
    await bench.documents.commit([{ op: 'update', path, fields: { links: { logs: 'c' } } }]);
    expect(await dataOf(path)).toEqual({ links: { logs: 'c' }, other: 1 });
  });

  test('update refuses a document that is not there', async () => {
    const path = `${bench.collection()}/nothing`;
    const update = bench.documents.commit([{ op: 'update', path, fields: { a: 1 } }]);
    expect(await refusal(update)).toBe('not_found');
    expect(await dataOf(path)).toBeUndefined();
  });

  test('update of no field is refused', async () => {
    const [path] = await created();
    const update = bench.documents.commit([{ op: 'update', path, fields: {} }]);
    expect(await refusal(update)).toBe('invalid_argument');
  });

  test('update with the current version passes, and gives a new one', async () => {
    const [path, version] = await created();
    const [next] = await bench.documents.commit([
      { op: 'update', path, fields: { tries: 1 }, version },
    ]);
    expect(next).not.toBe(version);
    expect((await bench.documents.get(path))?.version).toBe(next);
  });

  test('update with an older version is refused', async () => {
    const [path, version] = await created();
    await bench.documents.commit([{ op: 'update', path, fields: { tries: 1 } }]);
    const stale = bench.documents.commit([{ op: 'update', path, fields: { tries: 2 }, version }]);
    expect(await refusal(stale)).toBe('failed_precondition');
    expect(await dataOf(path)).toEqual({ state: 'queued', tries: 1 });
  });

  test('update with the version of a document deleted since is refused', async () => {
    const [path, version] = await created();
    await bench.documents.commit([{ op: 'delete', path }]);
    const stale = bench.documents.commit([{ op: 'update', path, fields: { tries: 2 }, version }]);
    expect(await refusal(stale)).toBe('failed_precondition');
  });

  test('update with the version of a document deleted and created anew is refused', async () => {
    const [path, version] = await created();
    await bench.documents.commit([{ op: 'delete', path }]);
    await bench.documents.commit([{ op: 'create', path, data: { state: 'queued', tries: 0 } }]);
    const stale = bench.documents.commit([{ op: 'update', path, fields: { tries: 2 }, version }]);
    expect(await refusal(stale)).toBe('failed_precondition');
  });

  test('delete removes the document', async () => {
    const [path] = await created();
    const versions = await bench.documents.commit([{ op: 'delete', path }]);
    expect(versions).toHaveLength(1);
    expect(await dataOf(path)).toBeUndefined();
  });

  test('delete of a document that is not there passes', async () => {
    const path = `${bench.collection()}/nothing`;
    expect(await bench.documents.commit([{ op: 'delete', path }])).toHaveLength(1);
  });

  test('delete with an older version is refused', async () => {
    const [path, version] = await created();
    await bench.documents.commit([{ op: 'update', path, fields: { tries: 1 } }]);
    const stale = bench.documents.commit([{ op: 'delete', path, version }]);
    expect(await refusal(stale)).toBe('failed_precondition');
    expect(await dataOf(path)).toEqual({ state: 'queued', tries: 1 });
  });

  test('delete with the version of a document deleted since is refused', async () => {
    const [path, version] = await created();
    await bench.documents.commit([{ op: 'delete', path }]);
    const stale = bench.documents.commit([{ op: 'delete', path, version }]);
    expect(await refusal(stale)).toBe('failed_precondition');
  });

  test('delete leaves the documents of its subcollections', async () => {
    const [path] = await created();
    const event = `${path}/events/1`;
    await bench.documents.commit([{ op: 'create', path: event, data: { why: 'test' } }]);
    await bench.documents.commit([{ op: 'delete', path }]);
    expect(await dataOf(event)).toEqual({ why: 'test' });
  });

  test('one refused write refuses the whole commit', async () => {
    const [path] = await created();
    const [other, gone] = [`${bench.collection()}/other`, `${bench.collection()}/gone`];
    await bench.documents.commit([{ op: 'set', path: gone, data: { here: true } }]);
    const commit = bench.documents.commit([
      { op: 'set', path: other, data: { a: 1 } },
      { op: 'delete', path: gone },
      { op: 'create', path, data: {} },
      { op: 'set', path: `${bench.collection()}/last`, data: {} },
    ]);
    expect(await refusal(commit)).toBe('already_exists');
    expect(await dataOf(other)).toBeUndefined();
    expect(await dataOf(path)).toEqual({ state: 'queued', tries: 0 });
    expect(await dataOf(gone)).toEqual({ here: true });
  });

  test('a later write of a commit sees what an earlier one did', async () => {
    const path = `${bench.collection()}/one`;
    await bench.documents.commit([
      { op: 'create', path, data: { a: 1 } },
      { op: 'update', path, fields: { b: 2 } },
    ]);
    expect(await dataOf(path)).toEqual({ a: 1, b: 2 });
  });

  test('versions come in the order of the writes', async () => {
    const [path, version] = await created();
    const other = `${bench.collection()}/other`;
    const versions = await bench.documents.commit([
      { op: 'set', path, data: { state: 'queued', tries: 0 } },
      { op: 'set', path: other, data: { a: 1 } },
    ]);
    expect(versions).toEqual([version, (await bench.documents.get(other))?.version]);
  });

  test('a write that changes nothing keeps the version', async () => {
    const [path, version] = await created();
    const [same] = await bench.documents.commit([
      { op: 'update', path, fields: { tries: 0 }, version },
    ]);
    expect(same).toBe(version);
    expect((await bench.documents.get(path))?.version).toBe(version);
  });

  test('an empty commit passes', async () => {
    expect(await bench.documents.commit([])).toEqual([]);
  });

  test('server time is one moment for all writes of a commit', async () => {
    const [a, b] = [`${bench.collection()}/a`, `${bench.collection()}/b`];
    await bench.documents.commit([
      { op: 'create', path: a, data: { at: SERVER_TIME, also: SERVER_TIME } },
      { op: 'set', path: b, data: { at: SERVER_TIME } },
    ]);
    const first = await dataOf(a);
    expect(first?.at).toBeInstanceOf(Date);
    expect(first?.also).toEqual(first?.at);
    expect((await dataOf(b))?.at).toEqual(first?.at);
  });

  test('server time never goes back from one commit to the next', async () => {
    const path = `${bench.collection()}/clock`;
    const times: number[] = [];
    await bench.documents.commit([{ op: 'create', path, data: { at: SERVER_TIME } }]);
    for (let turn = 0; turn < 5; turn += 1) {
      await bench.documents.commit([{ op: 'update', path, fields: { at: SERVER_TIME, turn } }]);
      const at = (await dataOf(path))?.at;
      times.push(at instanceof Date ? at.getTime() : Number.NaN);
    }
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('update can remove a field, and write server time beside it', async () => {
    const [path] = await created();
    await bench.documents.commit([
      { op: 'update', path, fields: { tries: REMOVE, at: SERVER_TIME } },
    ]);
    expect(await dataOf(path)).toEqual({ state: 'queued', at: expect.any(Date) });
  });

  test('removing a field that is not there passes', async () => {
    const [path] = await created();
    await bench.documents.commit([{ op: 'update', path, fields: { nothing: REMOVE } }]);
    expect(await dataOf(path)).toEqual({ state: 'queued', tries: 0 });
  });

  test.each([
    ['a collection', 'things'],
    ['no segment', 'things/'],
    ['a reserved id', 'things/__one__'],
    ['a dot', 'things/.'],
    ['two dots', 'things/..'],
    ['an id over 1500 bytes', `things/${'ü'.repeat(751)}`],
  ])('a path with %s is refused', async (_, path) => {
    const commit = bench.documents.commit([{ op: 'set', path, data: {} }]);
    expect(await refusal(commit)).toBe('invalid_argument');
  });
}
