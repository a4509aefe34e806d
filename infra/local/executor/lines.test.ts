import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines } from './lines.ts';

const longest = 256 * 1024;

function cut(chunks: readonly Buffer[]): { text: string; partial: boolean }[] {
  const found: { text: string; partial: boolean }[] = [];
  const cutter = lines((text, partial) => found.push({ text, partial }));
  for (const chunk of chunks) cutter.push(chunk);
  cutter.end();
  return found;
}

describe('lines of a stream', () => {
  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })),
        fc.array(fc.nat(7)),
        (texts, sizes) => {
          const whole = texts.filter((text) => !text.includes('\n'));
          const bytes = Buffer.from(whole.map((text) => `${text}\n`).join(''));
          const chunks: Buffer[] = [];
          let from = 0;
          for (const size of sizes) {
            chunks.push(bytes.subarray(from, from + size));
            from += size;
          }
          chunks.push(bytes.subarray(from));
          expect(cut(chunks)).toEqual(whole.map((text) => ({ text, partial: false })));
        },
      ),
    );
  });

  it('include a last one without its newline', () => {
    expect(cut([Buffer.from('a\n\nb')]).map(({ text }) => text)).toEqual(['a', '', 'b']);
    expect(cut([Buffer.from('a\n')])).toHaveLength(1);
  });

  it('come in pieces of at most 256 KiB, no character cut in two', () => {
    const line = `x${'é'.repeat(longest)}`;
    const pieces = cut([Buffer.from(`${line}\nshort\n`)]);
    expect(pieces.map(({ partial }) => partial)).toEqual([true, true, true, false]);
    for (const { text } of pieces) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(longest);
    expect(pieces.map(({ text }) => text).join('')).toBe(`${line}short`);
  });

  it('are whole when they are just as long as an entry may be', () => {
    expect(cut([Buffer.from(`${'x'.repeat(longest)}\n`)])).toEqual([
      { text: 'x'.repeat(longest), partial: false },
    ]);
  });
});
