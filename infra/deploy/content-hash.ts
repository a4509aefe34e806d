import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file that is uploaded: what is in it, and whether it may be executed. */
export interface UploadedFile {
  bytes: Uint8Array;
  executable: boolean;
}

/** Files by path, with `/` between directories. */
export type Files = ReadonlyMap<string, UploadedFile>;

/** All files below a directory whose path has no part that `isLeftOut` names. Links are followed. */
export function readFiles(root: string, isLeftOut: (name: string) => boolean = () => false): Files {
  const files = new Map<string, UploadedFile>();
  const read = (directory: string, prefix: string): void => {
    for (const name of readdirSync(directory).sort()) {
      if (isLeftOut(name)) continue;
      const path = join(directory, name);
      const found = statSync(path);
      if (found.isDirectory()) read(path, `${prefix}${name}/`);
      else if (found.isFile()) {
        const executable = (found.mode & 0o111) !== 0;
        files.set(`${prefix}${name}`, { bytes: readFileSync(path), executable });
      }
    }
  };
  read(root, '');
  return files;
}

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
