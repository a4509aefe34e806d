import type { Document, Ports, Write } from '../ports/index.ts';

/** What of a long text stands on its run itself, in bytes: that must stay a page (D11). */
export const longestHead = 8_000;

/** A text that its run has no room for, in a document of its own below it. */
export type LongText = { text: string; expireAt: Date };

/** The beginning of a text, which stands on its run, and the bytes of all of it. */
export function headOf(text: string): { head: string; bytes: number } {
  const all = Buffer.from(text);
  const { byteLength: bytes } = all;
  if (bytes <= longestHead) return { head: text, bytes };
  let end = longestHead;
  // Not within a character.
  while (((all[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { head: all.subarray(0, end).toString(), bytes };
}

/** Whether a text of so many bytes, or none, has more than its head. */
export function isLong(bytes: number | null): boolean {
  return bytes !== null && bytes > longestHead;
}

/** The write that keeps a long text whole. */
export function keepLong(path: string, text: string, expireAt: Date): Write {
  const data: LongText = { text, expireAt };
  return { op: 'set', path, data };
}

/** A long text; undefined when it is gone. */
export async function readLong(
  { documents }: Pick<Ports, 'documents'>,
  path: string,
): Promise<string | undefined> {
  const found: Document<LongText> | undefined = await documents.get<LongText>(path);
  return found?.data.text;
}
