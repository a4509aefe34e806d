import { describe, expect, test } from 'vitest';
import { type CloudError, SERVER_TIME } from '../../../shared/ports/index.ts';
import { EngineError } from '../engines/engine.ts';
import { fixture } from '../engines/firestore/fixture.ts';
import { timestamp } from '../engines/firestore/values.ts';
import { inProcessDocuments } from './documents.ts';
import { asCloudError } from './errors.ts';

describe('documents in process', () => {
  test('whole numbers are stored as integers, all others as doubles', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    const data = { whole: 3, half: 0.5, beyond: 2 ** 60, zero: -0 };
    await documents.commit([{ op: 'create', path: 'things/a', data }]);
    const stored = engine.get(['things/a']).result[0]?.fields;
    expect(Object.fromEntries(stored ?? [])).toEqual({
      whole: 3n,
      half: 0.5,
      beyond: 2 ** 60,
      zero: -0,
    });
  });

  test('times are stored as timestamps and read back to the millisecond, before 1970 too', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    engine.commit([
      { kind: 'update', path: 'things/a', fields: new Map([['at', timestamp(-1n)]]) },
    ]);
    expect((await documents.get('things/a'))?.data).toEqual({ at: new Date(-1) });
  });

  test('what a caller does to its own data afterwards changes nothing that is stored', async () => {
    const { engine } = fixture();
    const documents = inProcessDocuments(engine);
    const bytes = new Uint8Array([1]);
    const list = [1];
    await documents.commit([{ op: 'create', path: 'things/a', data: { bytes, list } }]);
    bytes[0] = 2;
    list.push(2);
    const read = await documents.get('things/a');
    expect(read?.data).toEqual({ bytes: new Uint8Array([1]), list: [1] });
  });

  test('the server time is that of the commit', async () => {
    const { engine, clock } = fixture();
    const documents = inProcessDocuments(engine);
    await documents.commit([{ op: 'create', path: 'things/a', data: { at: SERVER_TIME } }]);
    expect((await documents.get('things/a'))?.data).toEqual({ at: new Date(clock.now) });
  });
});

describe('errors in process', () => {
  test.each<[EngineError['code'], CloudError['code']]>([
    ['ALREADY_EXISTS', 'already_exists'],
    ['FAILED_PRECONDITION', 'failed_precondition'],
    ['ABORTED', 'aborted'],
    ['UNIMPLEMENTED', 'unknown'],
  ])('%s becomes %s, and stays its cause', (code, expected) => {
    const error = new EngineError(code, 'the reason');
    expect(asCloudError(error)).toMatchObject({
      code: expected,
      message: 'the reason',
      cause: error,
    });
  });

  test('what is not an engine’s refusal is unknown', () => {
    expect(asCloudError(new TypeError('a bug')).code).toBe('unknown');
    expect(asCloudError('text')).toMatchObject({ code: 'unknown', message: 'text' });
  });
});
