import { createHash } from 'node:crypto';

/** A file that is uploaded: what is in it, and whether it may be executed. */
export interface UploadedFile {
  bytes: Uint8Array;
  executable: boolean;
}

/** Files by path, with `/` between directories. */
export type Files = ReadonlyMap<string, UploadedFile>;

/** Twelve hexadecimal digits that stand for exactly these files and this text: when either changes, so do they. */
export function contentHash(files: Files, text: string): string {
  const hash = createHash('sha256').update(JSON.stringify(text));
  for (const [path, { bytes, executable }] of [...files].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    hash.update(`\n${JSON.stringify([path, executable, bytes.length])}\n`).update(bytes);
  }
  return hash.digest('hex').slice(0, 12);
}
