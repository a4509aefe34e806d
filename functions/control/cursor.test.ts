import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorOf, logCursorOf, placeOfCursor, placeOfLogCursor } from './cursor.ts';

const sealed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('stands for the place that it was made of', () => {
    const place = { at: 1_772_366_400_000, id: 'triage-abcdefgh' };
    expect(placeOfCursor(cursorOf(place) ?? '')).toEqual(place);
    const log = { chunk: '2026-03-01T12_00_00_000000000Z-x', line: 3 };
    expect(placeOfLogCursor(logCursorOf(log))).toEqual(log);
    expect(placeOfLogCursor(logCursorOf({ chunk: '', line: 0 }))).toEqual({ chunk: '', line: 0 });
  });

  it('is none at the beginning and at the end', () => {
    expect(placeOfCursor(undefined)).toBeNull();
    expect(cursorOf(null)).toBeNull();
    expect(placeOfLogCursor('start')).toEqual({ chunk: '', line: 0 });
  });

  it.each([
    ['words', 'next'],
    ['nothing', ''],
    ['another list', sealed({ at: 1, id: 'a' })],
    ['too much', sealed([1, 'a', 'b'])],
    ['a time before time', sealed([-1, 'a'])],
    ['a time after time', sealed([1e15, 'a'])],
    ['no time', sealed(['1', 'a'])],
    ['a path', sealed([1, '../project/current'])],
    ['deep nesting', sealed(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`))],
  ])('is refused when it is %s', (_what, cursor) => {
    expect(() => placeOfCursor(cursor)).toThrow('cursor is not one that an answer gave');
    expect(() => placeOfLogCursor(cursor)).toThrow('cursor is not one that an answer gave');
  });

  it('is refused or read, and nothing else, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => sealed(json)),
        ),
        (cursor) => {
          for (const read of [placeOfCursor, placeOfLogCursor]) {
            try {
              read(cursor);
            } catch (error) {
              expect(error).toMatchObject({ status: 400 });
            }
          }
        },
      ),
    );
  });
});
