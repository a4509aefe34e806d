import { describe, expect, it } from 'vitest';
import { nextOf, readPages } from './pages.ts';

/** A list of so many numbers, and what was asked of it. */
function listOf(length: number) {
  const asked: { limit: string; cursor?: string }[] = [];
  const read = async (place: { limit: string; cursor?: string }) => {
    asked.push(place);
    const from = Number(place.cursor ?? 0);
    const to = Math.min(length, from + Number(place.limit));
    const items = Array.from({ length: to - from }, (_, at) => from + at);
    return { items, next: to < length ? String(to) : null };
  };
  return { asked, read };
}

describe('a list in pages', () => {
  it('is read until there are as many as wanted, and no further', async () => {
    const { asked, read } = listOf(10);
    const found = await readPages({ wanted: 7, page: 3 }, read);
    expect(found).toEqual({ items: [0, 1, 2, 3, 4, 5, 6], isMore: true });
    expect(asked).toEqual([
      { limit: '3' },
      { limit: '3', cursor: '3' },
      { limit: '1', cursor: '6' },
    ]);
  });

  it('ends where it ends', async () => {
    expect(await readPages({ wanted: 100, page: 3 }, listOf(4).read)).toEqual({
      items: [0, 1, 2, 3],
      isMore: false,
    });
    expect(await readPages({ wanted: 5, page: 5 }, listOf(0).read)).toEqual({
      items: [],
      isMore: false,
    });
  });

  it('goes on with the options that it was given, as a shell takes them', () => {
    const filters = ['source', 'event', 'outcome'];
    const options = {
      keyFile: 'my key',
      event: "it's",
      source: 'github',
      outcome: undefined,
      json: true,
      limit: '20',
    };
    const cut = { wanted: 20, isMore: true };
    expect(nextOf('deliveries ls', options, filters, cut)).toEqual({
      next: "`drover deliveries ls --source github --event 'it'\\''s' --key-file 'my key' --limit 100` shows more.",
    });
    expect(nextOf('runs ls', {}, [], { ...cut, isMore: false })).toEqual({});
    expect(nextOf('runs ls', {}, [], { ...cut, wanted: 10_000 })).toEqual({});
  });
});
