import { describe, expect, it } from 'vitest';
import type { Document, Version } from '../ports/index.ts';
import { releaseSlots, type SlotList } from './slot-list.ts';

const list: Document<SlotList> = {
  id: 'current',
  path: 'project/current',
  version: 'as read' as Version,
  data: { inFlight: ['a', 'b', 'c'] },
};

describe('giving slots back', () => {
  it('takes those of these runs off the list, as it was read, and leaves the others in their order', () => {
    expect(releaseSlots(list, ['b', 'nobody'])).toEqual([
      {
        op: 'update',
        path: 'project/current',
        version: 'as read',
        fields: { inFlight: ['a', 'c'] },
      },
    ]);
  });

  it('writes nothing where none of them has one, or nobody keeps a list', () => {
    expect(releaseSlots(list, ['nobody'])).toEqual([]);
    expect(releaseSlots(list, [])).toEqual([]);
    expect(releaseSlots(undefined, ['a'])).toEqual([]);
  });
});
