import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { uploadedFiles } from './files.ts';

/** A directory that is uploaded as it is: `gcloud functions deploy --source=<directory>`. */
export interface Upload {
  directory: string;
  /** What is uploaded, by path below it; sorted. */
  files: string[];
  /** SHA-256 in hex of all paths and contents: the same for the same functions, wherever they were built. */
  digest: string;
}

/** Everything is left out but what was put there on purpose, whatever else comes to lie in the directory. */
const ignored = ['*', '!package.json', '!package-lock.json', '!dist/', '!dist/**', ''].join('\n');

/** Makes `directory` anew, with what is uploaded for the functions and nothing else. They must be compiled. */
export function stageUpload(directory: string): Upload {
  const wanted = uploadedFiles();
  const files = Object.keys(wanted).sort();
  const digest = createHash('sha256');
  rmSync(directory, { recursive: true, force: true });
  for (const path of files) {
    const text = wanted[path] ?? '';
    digest.update(`${path}\n${Buffer.byteLength(text)}\n${text}`);
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  writeFileSync(join(directory, '.gcloudignore'), ignored);
  return { directory, files, digest: digest.digest('hex') };
}
