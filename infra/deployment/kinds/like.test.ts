import { describe, expect, it } from 'vitest';
import { unlike } from './like.ts';
import { told } from './test-kind.ts';

describe('what is there is like what was asked for', () => {
  it('although Google added fields, left out zeros and wrote numbers as texts', () => {
    const wanted = { limit: 0, name: '', isOn: false, columns: 12, list: [{ a: 1 }], none: {} };
    const found = { columns: '12', list: [{ a: 1, name: 'conditions/7' }], etag: 'x' };
    expect(unlike(wanted, found)).toEqual([]);
    expect(unlike({ labels: [] }, {})).toEqual([]);
  });

  it('unless a field that was set has another value', () => {
    const wanted = { limit: 5, list: [{ a: 1 }, { a: { b: 'x' } }] };
    const found = { limit: 6, list: [{ a: 1 }, { a: { b: 'y' } }] };
    expect(told(unlike(wanted, found))).toEqual(['limit: 6 > 5', 'list.1.a.b: y > x']);
    expect(told(unlike({ isOn: true }, {}))).toEqual(['isOn:  > true']);
    expect(told(unlike({ limit: 1 }, { limit: null }))).toEqual(['limit: null > 1']);
  });

  it('unless a list has more, or fewer', () => {
    expect(told(unlike({ list: [1] }, { list: [1, 2] }))).toEqual(['list: 2 of them > 1']);
    expect(told(unlike({ list: [1] }, {}))).toEqual(['list: 0 of them > 1']);
  });

  it('and a long value is told by its beginning', () => {
    const [difference] = unlike({ text: 'a'.repeat(500) }, {});
    expect(difference?.wanted.length).toBeLessThan(100);
  });
});
