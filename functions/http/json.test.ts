import { HTTPException } from 'hono/http-exception';
import { describe, expect, it } from 'vitest';
import { parseObject, refuseOver } from './json.ts';

describe('a JSON object', () => {
  it.each<[what: string, body: string | Uint8Array | ArrayBuffer]>([
    ['text', '{"a":1}'],
    ['bytes', Buffer.from('{"a":1}')],
    ['bytes with a mark of their order', Buffer.from('\ufeff{"a":1}')],
    ['a buffer', new Uint8Array(Buffer.from(' {"a":1}\n')).buffer],
  ])('is read from %s', (_what, body) => {
    expect(parseObject(body)).toEqual({ a: 1 });
  });

  it.each([
    '',
    ' ',
    'a',
    '{',
    '{}{}',
    'null',
    'true',
    '7',
    '"{}"',
    '[]',
    '[{}]',
    "{'a':1}",
    '{a:1}',
  ])('is not in %j', (body) => {
    expect(parseObject(body)).toBeUndefined();
    expect(parseObject(Buffer.from(body))).toBeUndefined();
  });

  it('is not in bytes that are no UTF-8, whose signature would no longer be of what is read', () => {
    expect(parseObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeUndefined();
  });

  it('changes no prototype', () => {
    const parsed = parseObject('{"__proto__":{"secret":"x"}}');
    expect(parsed?.secret).toBeUndefined();
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});

describe('a body', () => {
  it('is taken up to its limit', () => expect(() => refuseOver(10, 10)).not.toThrow());

  it('is refused with 413 beyond it', () => {
    const refuse = (): void => refuseOver(10, 11);
    expect(refuse).toThrow(HTTPException);
    expect(refuse).toThrow(
      expect.objectContaining({ status: 413, message: 'body of 11 bytes is over the limit of 10' }),
    );
  });
});
