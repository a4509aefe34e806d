import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesKey, deliveryKey, repeatPath, replayPath } from './names.ts';

/** What Firestore allows as an id (Firestore limits page). */
function isId(id: string): boolean {
  return !/^(\.|\.\.|__.*__)$|\//.test(id) && id.isWellFormed() && Buffer.byteLength(id) <= 1_500;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('', '.', '..', '__x__', 'a:b', 'b', 'a', ':', 'sha256-0', 'hashed-0', '\ud800'),
  fc.stringMatching(/^[A-Za-z0-9:._/-]{0,120}$/),
);

describe('the id of a delivery', () => {
  it('is what its sender calls it, where Firestore can hold that', () => {
    expect(deliveryKey('github', '72d3162e-cc78-11e3-81ab-4c9367dc0958')).toBe(
      'github:72d3162e-cc78-11e3-81ab-4c9367dc0958',
    );
    expect(deliveryKey('slack', 'Ev0PV52K21')).toBe('slack:Ev0PV52K21');
  });

  it('is one that Firestore can hold, whatever source and sender say', () => {
    fc.assert(fc.property(text, text, (source, id) => isId(deliveryKey(source, id))));
    fc.assert(fc.property(text, (key) => isId(replayPath('a:b', key).split('/')[3] ?? '')));
  });

  it('is another for another source or another id', () => {
    const pair = fc.tuple(text, text);
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        fc.pre(one[0] !== other[0] || one[1] !== other[1]);
        return deliveryKey(...one) !== deliveryKey(...other);
      }),
    );
  });

  it('is never the one of a delivery without an id', () => {
    const sha256 = 'ab'.repeat(32);
    const own = bytesKey('web', sha256, 0);
    const [, part = ''] = own.split(':');
    expect(deliveryKey('web', part)).not.toBe(own);
    expect(bytesKey('web', sha256, 1)).not.toBe(own);
    expect(repeatPath('web', sha256)).not.toBe(repeatPath('other', sha256));
  });
});
