import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWaitingList, type Waiting } from './waiting-list.ts';

describe('waiting list', () => {
  it('gives the soonest first, among equals who came first, and nobody who left', () => {
    const guest = fc.record({ at: fc.integer({ min: 0, max: 20 }), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(guest), (guests) => {
        const list = createWaitingList<number>();
        const places = guests.map(({ at }, index): Waiting<number> => list.add(at, index));
        for (const [index, place] of places.entries()) {
          if (guests[index]?.leaves) place.gone = true;
        }
        const order: number[] = [];
        for (let next = list.shift(); next; next = list.shift()) order.push(next.item);
        const expected = guests
          .map(({ at, leaves }, index) => ({ at, leaves, index }))
          .filter(({ leaves }) => !leaves)
          .sort((a, b) => a.at - b.at || a.index - b.index)
          .map(({ index }) => index);
        expect(order).toEqual(expected);
      }),
    );
  });
});
