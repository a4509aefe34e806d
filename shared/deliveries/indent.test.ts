import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indented } from './indent.ts';

describe('JSON laid out for a reader', () => {
  it('is what two spaces of indentation make of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(indented(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('keeps digits, doubled names and escapes as they came', () => {
    const json = '{"id":12345678901234567890,"id":1.0,"text":"a\\u00e9 \\" {,}: [ ]"}';
    expect(indented(json)).toBe(
      '{\n  "id": 12345678901234567890,\n  "id": 1.0,\n  "text": "a\\u00e9 \\" {,}: [ ]"\n}',
    );
  });

  it('is the same when it was laid out before', () => {
    const json = '{\n\t"a" : [ 1 ,\r\n 2 ] , "b" : { } }';
    expect(indented(json)).toBe(JSON.stringify({ a: [1, 2], b: {} }, null, 2));
  });

  it('does not outgrow what is nested without end', () => {
    const depth = 100_000;
    const laidOut = indented('['.repeat(depth) + ']'.repeat(depth)) ?? '';
    expect(laidOut.length).toBeLessThan(3 * depth);
    expect(laidOut.replaceAll(/\s/g, '')).toHaveLength(2 * depth);
  });

  it.each(['', '{', 'payload=%7B%7D', '{"a":1}x', "{'a':1}"])('is not made of %j', (text) => {
    expect(indented(text)).toBeUndefined();
  });
});
